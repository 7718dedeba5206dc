using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>What a request says of a connection besides its warehouse's settings; null is what it does not mention.</summary>
internal sealed record ConnectionRequest(bool? NamedSourcesOnly, int? MaxConnections, int? StatementSeconds)
{
    public static ConnectionRequest Read(JsonBody body) => new(
        body.Flag("named_sources_only") ?? body.Flag("namedSourcesOnly"),
        body.Number("max_connections", 1, 1_000),
        body.Number("statement_seconds", 1, 3_600));
}
