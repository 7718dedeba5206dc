using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.Redis;

/// <summary>Where Redis is. Without an address the platform does without it.</summary>
public sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>
    /// <c>host:port[,host:port…][,name=value…]</c> as StackExchange.Redis reads it, or <c>redis[s]://[user:password@]host[:port][/database]</c>;
    /// null for no Redis. The settings below go before what stands here.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Of Redis's access lists (ACL); null for the default user.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>Null: as the connection string says, which without a word is no TLS.</summary>
    public bool? Tls { get; set; }

    /// <summary>
    /// A file with the certificate (PEM) of an authority of one's own that signed the server's; null where the machine trusts its issuer.
    /// The server's name is checked either way.
    /// </summary>
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>Addresses of Sentinels, <c>host:port</c>, in place of the server's own: they tell which server is the master now.</summary>
    public IReadOnlyList<string> Sentinels { get; set; } = [];

    /// <summary>The name under which the Sentinels know the master.</summary>
    [Required]
    public string SentinelMaster { get; set; } = "mymaster";

    /// <summary>Begins every key and channel, so that platforms can share a server.</summary>
    [RegularExpression("[a-z0-9:-]{1,40}")]
    public string Prefix { get; set; } = "carto:";

    /// <summary>How long a caller waits for a command at the most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan CommandTimeLimit { get; set; } = TimeSpan.FromMilliseconds(250);

    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan ConnectTimeLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a connection is asked whether it still hears what is published.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan EchoInterval { get; set; } = TimeSpan.FromSeconds(2);

    public bool IsConfigured => !string.IsNullOrWhiteSpace(ConnectionString) || Sentinels.Any(sentinel => sentinel.Length > 0);
}
