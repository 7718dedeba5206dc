using System.Text.Json.Serialization;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>A token as it is told (contract, section 12.2).</summary>
internal sealed record TokenAnswer
{
    /// <summary>The text, in the answer to its creation alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("token")]
    public string? Text { get; init; }

    public required Guid Id { get; init; }

    public required string? Name { get; init; }

    public required IEnumerable<Grant> Grants { get; init; }

    public required IReadOnlyList<string> Referers { get; init; }

    [JsonPropertyName("allowed_apis")]
    public required IReadOnlyList<string> AllowedApis { get; init; }

    [JsonPropertyName("expiration_date")]
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its own; without them it has those of all tokens.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TokenLimits? Limits { get; init; }

    /// <summary>Null is each connection's own.</summary>
    public required string? Login { get; init; }

    /// <summary>The e-mail address of the user who made it; null for what others made.</summary>
    [JsonPropertyName("created_by")]
    public required string? CreatedBy { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTimeOffset UpdatedAt { get; init; }

    public static TokenAnswer Of(StoredToken token) => new()
    {
        Id = token.Record.Id,
        Name = token.Record.Name,
        Grants = token.Record.Grants.Select(grant => new Grant(grant.ConnectionName, grant.Source)),
        Referers = token.Record.Referers,
        AllowedApis = token.Record.AllowedApis,
        ExpiresAt = token.Record.ExpiresAt,
        Limits = TokenLimits.Of(token.Record.Limits),
        Login = token.Record.Login,
        CreatedBy = token.Maker,
        CreatedAt = token.IssuedAt,
        UpdatedAt = token.UpdatedAt ?? token.IssuedAt,
    };

    internal sealed record Grant([property: JsonPropertyName("connection_name")] string ConnectionName, string Source);
}
