using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>What a request says of a connection besides its warehouse's settings; null is what it does not mention.</summary>
internal sealed record ConnectionRequest(bool? NamedSourcesOnly, int? MaxConnections, int? StatementSeconds)
{
    /// <summary>What the platform tells of a connection: in a body that was read and comes back it is passed over.</summary>
    private static readonly string[] ToldByUs = ["id", "revision", "created_at", "updated_at", "warnings"];

    public static ConnectionRequest Read(JsonBody body)
    {
        foreach (var name in ToldByUs) body.Mentions(name);
        var (only, same) = (body.Flag("named_sources_only"), body.Flag("namedSourcesOnly"));
        return new(only ?? same, body.Number("max_connections", 1, 1_000), body.Number("statement_seconds", 1, 3_600));
    }
}
