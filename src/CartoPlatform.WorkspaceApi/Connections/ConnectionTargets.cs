using System.Net;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.WorkspaceApi.Bootstrap;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>Which machines a connection may lead to. Whoever makes connections makes the platform's processes dial.</summary>
internal sealed class ConnectionTargets(ServerFinder servers, IOptions<ConnectionTargetOptions> options, IOptions<BootstrapOptions> bootstrap)
{
    public IReadOnlyList<string> RefusedNetworks { get; } = options.Value.RefusedNetworks.Count > 0 ? [.. options.Value.RefusedNetworks] : CartoPlatform.PostGis.Dialling.RefusedNetworks.Default;

    /// <summary>Hosts that the configuration itself names for the connection.</summary>
    public IReadOnlyList<string> TrustedHosts(string name) => bootstrap.Value.Connections.FirstOrDefault(own => own.Name == name) is { } own
        ? [.. own.ReplicaConnectionStrings.Append(own.ReaderConnectionString).Append(own.WriterConnectionString).Select(HostOf).Distinct()]
        : [];

    /// <summary>For a session of ours, which tries what a connection says.</summary>
    /// <exception cref="NpgsqlException">Its host is nowhere, or where it may not be.</exception>
    public async ValueTask<NpgsqlDataSource> FindAsync(string connectionString, IReadOnlyList<string> trustedHosts, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Not from the pool: that may hold connections to a server that takes no new ones, and be empty while ours are busy.
        var settings = new NpgsqlConnectionStringBuilder(ClearText.Refuse(connectionString))
        {
            Pooling = false,
            Timeout = (int)limit.TotalSeconds,
            CommandTimeout = (int)limit.TotalSeconds,
            ApplicationName = "carto health",
        };
        var found = await servers.FindAsync(settings, RefusedNetworks, trustedHosts, cancellationToken);
        return found.Open(settings);
    }

    private static string HostOf(string? connectionString) => new NpgsqlConnectionStringBuilder(connectionString ?? "").Host ?? "";
}

internal sealed class ConnectionTargetOptions
{
    public const string Section = "Connections";

    public const string Rule = "Connections:RefusedNetworks must hold networks in CIDR form, such as 10.0.0.0/8";

    /// <summary>Networks that no connection is made to, in CIDR form; those of <see cref="RefusedNetworks.Default"/> when nothing is set.</summary>
    public IList<string> RefusedNetworks { get; set; } = [];

    public bool IsValid() => RefusedNetworks.All(network => IPNetwork.TryParse(network, out _));
}
