using System.Net;
using System.Net.Sockets;
using CartoPlatform.Contracts.Workspace;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CartoPlatform.PostGis.Dialling;

/// <summary>
/// Finds out where the servers of a connection are. A name that somebody else than the platform's configuration has given is looked up here
/// and nowhere after: the address that has been looked at is the one that is dialled, whatever the name leads to in the next moment.
/// </summary>
public sealed partial class ServerFinder(HostResolver resolve, ILogger<ServerFinder> logger)
{
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    /// <summary>Replicas that are nowhere, or where they may not be, are left out.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="known">What has been found before: an address that still holds stays.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="NpgsqlException">Its server is nowhere; or where it may not be: <see cref="RefusedAddressException"/>.</exception>
    public async ValueTask<ServerAddresses> FindAsync(ConnectionRecord connection, ServerAddresses? known, CancellationToken cancellationToken)
    {
        // A Workspace API of before has looked itself.
        if (connection.RefusedNetworks is not { } networks) return ServerAddresses.AsWritten;
        var found = new ServerAddresses(connection.TrustedHosts, networks);
        foreach (var login in (string?[])[connection.ReaderConnectionString, connection.WriterConnectionString])
            if (login is not null) await AddAsync(found, new NpgsqlConnectionStringBuilder(login), known, cancellationToken);
        foreach (var replica in connection.ReplicaConnectionStrings)
        {
            try
            {
                await AddAsync(found, new NpgsqlConnectionStringBuilder(replica), known, cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                LogReplicaLeftOut(connection.Name, exception.Message);
            }
        }

        return found;
    }

    /// <summary>The same of one server, by what its connection string says.</summary>
    public async ValueTask<ServerAddresses> FindAsync(
        NpgsqlConnectionStringBuilder server, IReadOnlyList<string> refusedNetworks, IReadOnlyList<string> trustedHosts, CancellationToken cancellationToken)
    {
        var found = new ServerAddresses(trustedHosts, refusedNetworks);
        await AddAsync(found, server, null, cancellationToken);
        return found;
    }

    /// <summary>Of several addresses the first that takes connections: a name can have some that nothing listens at.</summary>
    private async ValueTask AddAsync(ServerAddresses found, NpgsqlConnectionStringBuilder server, ServerAddresses? known, CancellationToken cancellationToken)
    {
        if (found.Knows(server)) return;
        found.CanChange = true;
        var host = server.Host ?? "";
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await ResolveAsync(host, cancellationToken);
        if (addresses.Any(found.Refused.Contains)) throw new RefusedAddressException(host);
        if (known?.Find(server) is { } before && addresses.Contains(before)) addresses = [before, .. addresses.Where(other => !other.Equals(before))];
        found.Add(server, addresses.Length == 1 ? addresses[0] : await FirstThatAnswersAsync(addresses, server.Port, cancellationToken));
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ResolveLimit);
        try
        {
            var addresses = await resolve(host, limit.Token);
            return addresses.Length > 0 ? addresses : throw new NpgsqlException("The host has no address");
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw new NpgsqlException("The host cannot be found", exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NpgsqlException($"The host has not been found within {ResolveLimit.TotalSeconds} s");
        }
    }

    private static async Task<IPAddress> FirstThatAnswersAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        foreach (var address in addresses)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ConnectLimit);
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(address, port, limit.Token);
                return address;
            }
            catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The next one.
            }
        }

        return addresses[0];
    }

    [LoggerMessage(2003, LogLevel.Warning, "A replica of the connection {Connection} is left out: {Reason}")]
    private partial void LogReplicaLeftOut(string connection, string reason);
}
