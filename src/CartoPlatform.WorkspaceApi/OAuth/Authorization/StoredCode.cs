namespace CartoPlatform.WorkspaceApi.OAuth.Authorization;

/// <summary>An authorization code with its user.</summary>
internal sealed record StoredCode
{
    public required byte[] Hash { get; init; }

    public required Guid ClientId { get; init; }

    public required Guid SessionId { get; init; }

    /// <summary>What comes of it.</summary>
    public required Guid AuthorizationId { get; init; }

    public required string RedirectUri { get; init; }

    public required string Challenge { get; init; }

    public string? Nonce { get; init; }

    public required string[] Scopes { get; init; }

    public required DateTime ExpiresAt { get; init; }

    public required bool IsUsed { get; init; }

    public required DateTime SignedInAt { get; init; }

    public required DateTime SessionEnds { get; init; }

    public required Guid UserId { get; init; }

    public required string Email { get; init; }

    public string? Name { get; init; }

    public required bool IsActive { get; init; }
}
