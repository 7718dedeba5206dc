using System.Net;
using CartoPlatform.PostGis.Connections;
using Npgsql;

namespace CartoPlatform.PostGis.Dialling;

/// <summary>Where the servers of one connection are dialled, and under which name their certificates are held against.</summary>
public sealed class ServerAddresses
{
    /// <summary>Leads wherever the settings say, as those of the platform's configuration do.</summary>
    public static readonly ServerAddresses AsWritten = new(null, []);

    private readonly IReadOnlyList<string>? _trusted;
    private readonly IReadOnlyList<string> _networks;
    private readonly Dictionary<(string Host, int Port), IPAddress> _addresses = [];

    /// <param name="trusted">Hosts that are dialled as they are written; null is any.</param>
    /// <param name="networks">Those that nothing else leads to.</param>
    internal ServerAddresses(IReadOnlyList<string>? trusted, IReadOnlyList<string> networks)
    {
        (_trusted, _networks) = (trusted, networks);
        Refused = new RefusedNetworks(networks);
    }

    internal RefusedNetworks Refused { get; }

    /// <summary>Whether there is anything that can be elsewhere, or refused, the next time.</summary>
    internal bool CanChange { get; set; }

    /// <summary>A pool, or one session at a time where the settings say so, to the server that they name.</summary>
    public NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings, string? socketFolder = null)
    {
        if (!Knows(settings)) throw new InvalidOperationException("A server is dialled whose address has not been looked at");
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        var name = settings.Host ?? "";
        if (Find(settings) is not { } address || IPAddress.TryParse(name, out _))
        {
            LocalSocket.Use(builder.ConnectionStringBuilder, socketFolder);
            return builder.Build();
        }

        builder.ConnectionStringBuilder.Host = address.ToString();
        // What the certificate must be of.
        builder.UseSslClientAuthenticationOptionsCallback(options => options.TargetHost = name);
        return builder.Build();
    }

    /// <summary>Whether it may be dialled: its host is trusted, or its address has been looked at.</summary>
    internal bool Knows(NpgsqlConnectionStringBuilder server) => _trusted is null || _trusted.Contains(server.Host ?? "") || Find(server) is not null;

    internal IPAddress? Find(NpgsqlConnectionStringBuilder server) => _addresses.GetValueOrDefault((server.Host ?? "", server.Port));

    internal void Add(NpgsqlConnectionStringBuilder server, IPAddress address) => _addresses[(server.Host ?? "", server.Port)] = address;

    internal bool IsSameAs(ServerAddresses other) =>
        _addresses.Count == other._addresses.Count && _addresses.All(pair => pair.Value.Equals(other._addresses.GetValueOrDefault(pair.Key)))
        && _networks.SequenceEqual(other._networks);
}
