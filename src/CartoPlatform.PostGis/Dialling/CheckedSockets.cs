using System.Net;
using System.Net.Sockets;

namespace CartoPlatform.PostGis.Dialling;

/// <summary>Connections of HTTP clients to whatever a document of somebody else's names: never to link-local addresses or those of cloud metadata.</summary>
public sealed class CheckedSockets(HostResolver resolve)
{
    private readonly RefusedNetworks _refused = new(RefusedNetworks.Default);

    /// <summary>Looks the host up once, and dials what has been looked at. TLS comes after, and holds the certificate against the name.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await resolve(host, cancellationToken);
        if (addresses.Any(_refused.Contains)) throw new HttpRequestException($"{host} is at an address that is not dialled");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
