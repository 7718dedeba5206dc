namespace CartoPlatform.WorkspaceApi.Bootstrap;

internal sealed class BootstrapConnection
{
    public string Name { get; set; } = "";

    /// <summary>Login that user SQL runs under: read only.</summary>
    public string ReaderConnectionString { get; set; } = "";

    /// <summary>Login for statements that may write; optional.</summary>
    public string? WriterConnectionString { get; set; }

    /// <summary>The reader's login on read replicas of the same database.</summary>
    public IList<string> ReplicaConnectionStrings { get; set; } = [];
}
