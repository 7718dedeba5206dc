namespace CartoPlatform.Contracts.Workspace;

/// <summary>A database that the platform may reach. Crosses process borders on internal routes only: it holds secrets.</summary>
public sealed record ConnectionRecord
{
    public required Guid Id { get; init; }

    /// <summary>The path segment of the API: letters, digits, <c>_</c> and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of warehouse in CARTO's words; <c>postgres</c> for now.</summary>
    public required string ProviderId { get; init; }

    /// <summary>Moves on every change of the connection; part of every key made from its data.</summary>
    public required long Revision { get; init; }

    /// <summary>Npgsql connection string of the login that user SQL runs under: it can read, and nothing more.</summary>
    public required string ReaderConnectionString { get; init; }

    /// <summary>Npgsql connection string of the login for statements that may write; null where there is none.</summary>
    public string? WriterConnectionString { get; init; }

    /// <summary>SQL of callers is refused: named sources alone stand where SQL goes.</summary>
    public bool NamedSourcesOnly { get; init; }

    /// <summary>Connections of one process to the database; null is the platform's setting.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Time limit of a statement; null is the platform's setting.</summary>
    public int? StatementSeconds { get; init; }

    /// <summary>The same database on other servers, read only, as Npgsql connection strings of the reading login.</summary>
    public IReadOnlyList<string> ReplicaConnectionStrings { get; init; } = [];

    /// <summary>Logins that tokens may name in place of the reading one; they never write.</summary>
    public IReadOnlyList<ConnectionLogin> Logins { get; init; } = [];

    /// <summary>Networks in CIDR form that no server of it may be in, looked at before each dial; null from a Workspace API that does not say.</summary>
    public IReadOnlyList<string>? RefusedNetworks { get; init; }

    /// <summary>Hosts that are dialled as they are written, wherever that leads: the platform's configuration names them.</summary>
    public IReadOnlyList<string> TrustedHosts { get; init; } = [];
}
