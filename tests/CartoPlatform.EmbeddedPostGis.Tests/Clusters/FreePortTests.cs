using System.Net;
using System.Net.Sockets;
using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class FreePortTests
{
    [Fact]
    public async Task Port_that_is_given_up_in_time_is_waited_for()
    {
        using var holder = new TcpListener(IPAddress.Loopback, FreePort.Find());
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        var waiting = FreePort.WaitAsync(IPAddress.Loopback, port, TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        holder.Stop();

        Assert.True(await waiting);
    }

    [Fact]
    public async Task Port_that_is_kept_is_not_waited_for_beyond_the_limit()
    {
        using var holder = new TcpListener(IPAddress.Loopback, FreePort.Find());
        holder.Start();

        Assert.False(await FreePort.WaitAsync(IPAddress.Loopback, ((IPEndPoint)holder.LocalEndpoint).Port, TimeSpan.Zero, TimeProvider.System, CancellationToken.None));
    }

    [Theory]
    [InlineData("192.0.2.1", SocketError.AddressNotAvailable)] // TEST-NET-1 of RFC 5737: nobody's.
    [InlineData("127.0.0.1", SocketError.Success)]
    public void Address_of_another_machine_is_told_from_a_busy_port(string address, SocketError expected) =>
        Assert.Equal(expected, FreePort.Try(IPAddress.Parse(address), FreePort.Find()));
}
