using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>A program that asks for access tokens.</summary>
internal sealed record OAuthClient
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret; null for one that has none.</summary>
    public byte[]? SecretHash { get; init; }

    public required AccountRole Role { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>What its tokens read; null is what the role reads.</summary>
    public IReadOnlyList<GrantRecord>? Grants { get; init; }

    public required IReadOnlyList<string> AllowedApis { get; init; }

    /// <summary>The login that statements of its tokens run under; null is each connection's own.</summary>
    public string? Login { get; init; }

    /// <summary>Compared letter by letter.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public IReadOnlyList<string> LogoutUris { get; init; } = [];

    /// <summary>Of pages that may ask for tokens, beside those of the redirect URIs.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Who made it, or has taken its secret anew: it ends with him, if it has one.</summary>
    public Guid? CreatedBy { get; init; }

    /// <summary>His e-mail address, where he is a user.</summary>
    public string? Maker { get; init; }

    /// <summary>Whether he may still make it.</summary>
    public bool IsActive { get; init; } = true;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsMachine => Kind == ClientKind.Machine;

    /// <summary>Whether a page of this origin may ask for the client's tokens.</summary>
    public bool IsFrom(string origin) =>
        Origins.Concat(RedirectUris.Select(uri => new Uri(uri).GetLeftPart(UriPartial.Authority))).Contains(origin, StringComparer.OrdinalIgnoreCase);
}
