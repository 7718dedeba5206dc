using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.Users;

/// <summary>Somebody of the organisation.</summary>
internal sealed record StoredUser
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>In lower case; nobody else has it.</summary>
    public required string Email { get; init; }

    public string? Name { get; init; }

    public required AccountRole Role { get; init; }

    /// <summary>Null for somebody who signs in elsewhere.</summary>
    public string? PasswordHash { get; init; }

    public bool IsActive { get; init; } = true;

    public DateTimeOffset? LockedUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The OpenID Connect provider that knows him; null for a local user.</summary>
    public string? Issuer { get; init; }

    public IReadOnlyList<Guid> Groups { get; init; } = [];

    /// <summary>As he is told: in CARTO's words, no secret among them.</summary>
    public object ToWire() => new
    {
        id = Id,
        email = Email,
        name = Name,
        role = Role.ToString(),
        roles = new[] { Role.ToString() },
        accountId = AccountId,
        isActive = IsActive,
        isExternal = Issuer is not null,
        groups = Groups,
        createdAt = CreatedAt.UtcDateTime,
        signedInAt = SignedInAt?.UtcDateTime,
    };
}
