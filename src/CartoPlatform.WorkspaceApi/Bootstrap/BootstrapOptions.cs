using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Bootstrap;

/// <summary>What a platform has from its first start on.</summary>
internal sealed class BootstrapOptions
{
    public const string Section = "Bootstrap";

    private const string ConnectionRule = "must be an Npgsql connection string with Host and Database";

    /// <summary>
    /// File for the owner's token; without it none is made. Replicas must share the file: one that finds it missing makes a new token,
    /// and the old one ends.
    /// </summary>
    public string? OwnerTokenFile { get; set; }

    /// <summary>Made at start, or brought up to date. A connection that has left the list stays.</summary>
    public IList<BootstrapConnection> Connections { get; set; } = [];

    /// <summary>What is wrong, one sentence each.</summary>
    internal IEnumerable<string> Check()
    {
        for (var i = 0; i < Connections.Count; i++)
        {
            var key = $"{Section}:{nameof(Connections)}:{i}";
            var connection = Connections[i];
            if (!WorkspaceNames.IsConnection(connection.Name))
                yield return $"{key}:{nameof(connection.Name)} must have 1 to 64 letters, digits, '_' and '-', and not be 'public'";
            if (Connections.Take(i).Any(other => other.Name == connection.Name))
                yield return $"{key}:{nameof(connection.Name)} repeats the name of another connection";
            if (!ConnectionText.IsValid(connection.ReaderConnectionString))
                yield return $"{key}:{nameof(connection.ReaderConnectionString)} {ConnectionRule}";
            if (connection.ReplicaConnectionStrings.Any(replica => !ConnectionText.IsValid(replica)))
                yield return $"{key}:{nameof(connection.ReplicaConnectionStrings)} must each be an Npgsql connection string with Host and Database";
            if (!string.IsNullOrEmpty(connection.WriterConnectionString) && !ConnectionText.IsValid(connection.WriterConnectionString))
                yield return $"{key}:{nameof(connection.WriterConnectionString)} {ConnectionRule}, or not set";
        }
    }
}
