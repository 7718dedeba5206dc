using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>Ports of loopback that nobody listens on.</summary>
public static class FreePort
{
    // Below the range that systems take for outgoing connections, so that a remembered port is seldom taken at the next start.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Attempts = 200;

    public static int Find()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (IsFree(IPAddress.Loopback, port))
                return port;
        }

        throw new ClusterException($"No free port was found on 127.0.0.1 between {First} and {Last}: stop a program that holds many of them.");
    }

    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
