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

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

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

    public static bool IsFree(IPAddress address, int port) => Try(address, port) == SocketError.Success;

    /// <summary>What somebody meets who listens there.</summary>
    public static SocketError Try(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Waits until nobody listens there any more. False when the limit ran out.</summary>
    public static async Task<bool> WaitAsync(IPAddress address, int port, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!IsFree(address, port))
        {
            if (time.GetElapsedTime(start) > limit)
                return false;

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return true;
    }
}
