using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.EmbeddedPostGis.Processes;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class ClusterRecoveryTests : ClusterTest
{
    [Fact]
    public async Task Killed_server_loses_nothing_that_was_committed()
    {
        var cluster = await StartAsync(isDurable: true);
        await AskAsync(cluster.Connections.Owner, "CREATE TABLE public.rounds (round int)");
        for (var round = 1; round <= 3; round++)
        {
            await AskAsync(cluster.Connections.Owner, $"INSERT INTO public.rounds VALUES ({round})");
            cluster.Process!.Value.Signal(ProcessSignal.Kill);
            Assert.True(await cluster.Process!.Value.WaitForExitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None));

            cluster = await StartAsync(isDurable: true);

            Assert.Equal((long)round, await AskAsync(cluster.Connections.Owner, "SELECT count(*) FROM public.rounds"));
        }
    }

    [Fact]
    public async Task Backend_that_outlived_its_server_is_ended()
    {
        var cluster = await StartAsync();
        await using var connection = new NpgsqlConnection(cluster.Connections.Owner);
        await connection.OpenAsync();
        var backend = ProcessIdentity.Of(connection.ProcessID);
        // Stopped processes do not notice that their server has gone, and hold its shared memory.
        Assert.NotNull(backend);
        using (var stop = Process.Start("kill", ["-STOP", connection.ProcessID.ToString(CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync();
        cluster.Process!.Value.Signal(ProcessSignal.Kill);
        Assert.True(await cluster.Process!.Value.WaitForExitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None));

        var again = await StartAsync();

        Assert.False(backend.Value.IsAlive);
        Assert.Equal(1, await AskAsync(again.Connections.Owner, "SELECT 1"));
    }

    [Fact]
    public async Task Pid_file_that_names_a_stranger_does_not_stop_the_start()
    {
        var cluster = await StartAsync();
        var pidFile = Path.Combine(DataDirectory, "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile);
        await cluster.StopAsync(CancellationToken.None);
        using var stranger = Process.Start("sleep", "60");
        lines[0] = stranger.Id.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines);

        var again = await StartAsync();

        Assert.Equal(1, await AskAsync(again.Connections.Owner, "SELECT 1"));
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Fact]
    public async Task Busy_port_moves_the_database_and_keeps_the_data()
    {
        var cluster = await StartAsync();
        await AskAsync(cluster.Connections.Owner, "CREATE TABLE public.kept AS SELECT 42 AS answer");
        await cluster.StopAsync(CancellationToken.None);
        using var other = new TcpListener(IPAddress.Loopback, cluster.Port);
        other.Start();

        var moved = await StartAsync();

        Assert.NotEqual(cluster.Port, moved.Port);
        Assert.Equal(42, await AskAsync(moved.Connections.Reader, "SELECT answer FROM public.kept"));
        Assert.Contains(Reports, line => line.Contains($"Port {cluster.Port} is in use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Half_made_cluster_of_a_killed_first_start_is_replaced()
    {
        var halfMade = Directory.CreateDirectory(DataDirectory + ".init-0badcafe");
        await File.WriteAllTextAsync(Path.Combine(halfMade.FullName, "PG_VERSION"), "15\n");

        var cluster = await StartAsync();

        Assert.Equal(1, await AskAsync(cluster.Connections.Owner, "SELECT 1"));
        Assert.False(halfMade.Exists && Directory.Exists(halfMade.FullName));
    }

    [Fact]
    public async Task Half_provisioned_cluster_is_completed_at_the_next_start()
    {
        var cluster = await StartAsync();
        await AskAsync(cluster.Connections.Admin("postgres"), "DROP DATABASE carto_platform");
        await AskAsync(cluster.Connections.Admin("postgres"), "DROP ROLE carto_platform");

        var again = await StartAsync();

        Assert.Equal(1, await AskAsync(again.Connections.Metadata, "SELECT 1"));
    }
}
