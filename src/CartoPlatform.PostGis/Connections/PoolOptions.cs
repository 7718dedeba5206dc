using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.PostGis.Connections;

/// <summary>What holds for every pool of connections to a user's database.</summary>
public sealed class PoolOptions
{
    public const string Section = "Pools";

    /// <summary>Connections of a pool. Twice the cores of the database: more only makes the slowest wait longer. At the least three for queries and two for tiles.</summary>
    [Range(1, 1_000)]
    public int MaxConnections { get; set; } = Math.Max(5, 2 * Environment.ProcessorCount);

    /// <summary>Further logins of connections that a process has pools for at once; each has as many connections as the connection itself.</summary>
    [Range(1, 10_000)]
    public int MaxLogins { get; set; } = 32;

    /// <summary>
    /// Where the database server of this machine has its socket: connections to loopback at its port are made by it, which costs both sides
    /// less than TCP. Null, or without such a socket: as the connection says.
    /// </summary>
    public string? SocketFolder { get; set; }

    /// <summary>How long a request waits for a free connection before it gets 503.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan AcquireTimeLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>CARTO's published minute: PostgreSQL ends a statement that runs longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StatementTimeLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a statement that filters by a caller's regular expression may run: some take hours for a single text.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RegExpTimeLimit { get; set; } = TimeSpan.FromSeconds(5);
}
