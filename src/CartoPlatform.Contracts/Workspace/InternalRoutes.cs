namespace CartoPlatform.Contracts.Workspace;

/// <summary>
/// Routes between services, under <see cref="Prefix"/>: never routed by the edge, and refused without the internal key.
/// "There is none" is 200 with <c>null</c>. A 404 always means a wrong address, port or key: were it an answer, one wrong setting
/// would make every token look revoked.
/// </summary>
public static class InternalRoutes
{
    public const string Prefix = "/internal/v1";

    /// <summary>Header that carries the key which the services of one platform share.</summary>
    public const string KeyHeader = "X-Carto-Internal-Key";

    /// <summary>Takes an <see cref="AuditRecord"/> by POST.</summary>
    public const string Audit = Prefix + "/audit";

    /// <summary>Takes an <see cref="Contracts.Activity.ActivityBatch"/> by POST, and answers an <see cref="Contracts.Activity.ActivityReceipt"/>.</summary>
    public const string Activity = Prefix + "/activity";

    /// <summary>A <see cref="SigningKeysRecord"/>.</summary>
    public const string SigningKeys = Prefix + "/signing-keys";

    public static string Token(Guid id) => $"{Prefix}/tokens/{id:D}";

    public static string Connection(string name) => $"{Prefix}/connections/{Uri.EscapeDataString(name)}";

    public static string NamedSource(string name) => $"{Prefix}/named-sources/{Uri.EscapeDataString(name)}";

    public static string MapDefinition(string id) => $"{Prefix}/map-definitions/{Uri.EscapeDataString(id)}";

    /// <summary>A stream of lines, each a <see cref="Caching.VersionMessage"/>; of the process that has the connection's pools.</summary>
    public static string Changes(string connection) => $"{Prefix}/changes/{Uri.EscapeDataString(connection)}";
}
