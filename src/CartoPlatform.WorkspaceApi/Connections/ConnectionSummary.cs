using System.Text.Json.Serialization;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>A connection as <c>GET /v3/connections</c> lists it (contract, section 13): no secrets.</summary>
internal sealed record ConnectionSummary(Guid Id, string Name, [property: JsonPropertyName("provider_id")] string ProviderId);
