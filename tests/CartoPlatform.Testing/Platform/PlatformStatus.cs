using System.Text.Json;

namespace CartoPlatform.Testing.Platform;

/// <summary>What <c>./carto status --json</c> says.</summary>
public sealed record PlatformStatus
{
    public required string State { get; init; }

    /// <summary>Address of the edge, without a trailing slash.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>The owner's token.</summary>
    public required string Token { get; init; }

    public required string Connection { get; init; }

    /// <summary>Connection string in libpq's form, with the rights of the database's owner.</summary>
    public required string Postgres { get; init; }

    public required string DataDir { get; init; }

    public required string Version { get; init; }

    public required string Topology { get; init; }

    public required IReadOnlyList<ServiceStatus> Services { get; init; }

    public static PlatformStatus Parse(string json) =>
        JsonSerializer.Deserialize<PlatformStatus>(json, JsonSerializerOptions.Web)
        ?? throw new JsonException("The status is null.");
}
