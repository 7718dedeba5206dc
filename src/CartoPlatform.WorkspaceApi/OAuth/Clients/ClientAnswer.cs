using System.Text.Json.Serialization;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>A client as it is told.</summary>
internal sealed record ClientAnswer
{
    [JsonPropertyName("client_id")]
    public required Guid Id { get; init; }

    /// <summary>In the answer to its creation alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("client_secret")]
    public string? Secret { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>An application has that of its user.</summary>
    public required string? Role { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Null is what the role reads.</summary>
    public required IEnumerable<WorkspaceApi.Tokens.TokenAnswer.Grant>? Grants { get; init; }

    [JsonPropertyName("allowed_apis")]
    public required IReadOnlyList<string> AllowedApis { get; init; }

    /// <summary>Null is each connection's own.</summary>
    public required string? Login { get; init; }

    [JsonPropertyName("redirect_uris")]
    public required IReadOnlyList<string> RedirectUris { get; init; }

    [JsonPropertyName("logout_uris")]
    public required IReadOnlyList<string> LogoutUris { get; init; }

    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>The e-mail address of the user who made it, or has taken its secret anew; null for what others made.</summary>
    [JsonPropertyName("created_by")]
    public required string? CreatedBy { get; init; }

    /// <summary>False while who made it may make none.</summary>
    [JsonPropertyName("is_active")]
    public required bool IsActive { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTimeOffset UpdatedAt { get; init; }

    public static ClientAnswer Of(OAuthClient client) => new()
    {
        Id = client.Id,
        Name = client.Name,
        Kind = client.Kind,
        Role = client.IsMachine ? client.Role.ToString() : null,
        Scopes = client.Scopes,
        Grants = client.Grants?.Select(grant => new WorkspaceApi.Tokens.TokenAnswer.Grant(grant.ConnectionName, grant.Source)),
        AllowedApis = client.AllowedApis,
        Login = client.Login,
        RedirectUris = client.RedirectUris,
        LogoutUris = client.LogoutUris,
        Origins = client.Origins,
        CreatedBy = client.Maker,
        IsActive = client.IsActive,
        CreatedAt = client.CreatedAt,
        UpdatedAt = client.UpdatedAt,
    };
}
