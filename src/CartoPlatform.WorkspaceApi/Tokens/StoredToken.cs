using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>A token's record with the time that its text is signed from.</summary>
internal sealed record StoredToken(TokenRecord Record, DateTimeOffset IssuedAt)
{
    /// <summary>Null for the platform's own.</summary>
    public Guid? CreatedBy { get; init; }

    /// <summary>His e-mail address, where a user has made it.</summary>
    public string? Maker { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}
