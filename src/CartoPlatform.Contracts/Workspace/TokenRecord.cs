namespace CartoPlatform.Contracts.Workspace;

/// <summary>An API access token as it is kept: everything but the token itself.</summary>
public sealed record TokenRecord
{
    /// <summary>The <c>jti</c> claim of the token.</summary>
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<GrantRecord> Grants { get; init; }

    /// <summary>Of <c>sql</c>, <c>maps</c>, <c>imports</c>, <c>lds</c>.</summary>
    public required IReadOnlyList<string> AllowedApis { get; init; }

    /// <summary>Origins that a request's <c>Referer</c> must have one of; empty means any.</summary>
    public IReadOnlyList<string> Referers { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The owner's token of a platform: every connection, every API, writing, administration.</summary>
    public bool IsOwner { get; init; }
}
