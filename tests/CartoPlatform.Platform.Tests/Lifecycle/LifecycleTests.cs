using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>Up and down, as a user at a terminal does it; each test on a platform of its own, without sample data.</summary>
public sealed class LifecycleTests(ITestOutputHelper output)
{
    private const int NotRunning = 3;

    /// <summary>Bytes: the promise of issue 2.</summary>
    private const long IdleLimit = 250L * 1024 * 1024;

    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);

    [Theory, MemberData(nameof(Topologies.Light), MemberType = typeof(Topologies))]
    public async Task Platform_comes_up_once_and_goes_without_a_trace(string topology)
    {
        await using var platform = new TestPlatform(topology);
        var status = await platform.UpAsync("--no-sample");
        Assert.Equal("healthy", status.State);
        Assert.NotEmpty(PlatformProcesses.Of(platform.DataFolder));

        var second = await platform.TryUpAsync("--no-sample");
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("already running", second.Output, StringComparison.Ordinal);
        Assert.Equal(status.Services, (await platform.StatusAsync()).Services);

        var down = await platform.DownAsync();
        Assert.True(down.ExitCode == 0, down.ToString());
        var left = await PlatformProcesses.LeftAsync(platform.DataFolder, ExitLimit);
        Assert.Empty(left.Select(PlatformProcesses.Describe));
        await AssertNobodyListensAsync(platform.Port);
        Assert.Equal(NotRunning, (await platform.RunAsync("status", "--json")).ExitCode);
        Assert.Equal(0, (await platform.DownAsync()).ExitCode);
    }

    [Fact]
    public async Task Two_starts_at_once_give_one_platform()
    {
        await using var platform = new TestPlatform(Topologies.Standard);

        var starts = await Task.WhenAll(platform.TryUpAsync("--no-sample"), platform.TryUpAsync("--no-sample"));

        Assert.Contains(starts, start => start.ExitCode == 0);
        Assert.Equal("healthy", (await platform.StatusAsync()).State);
        Assert.Single(PlatformProcesses.Of(platform.DataFolder), process => PlatformProcesses.Describe(process).Contains("Standalone.dll", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restarted_platform_has_its_data_its_token_and_its_maps()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var before = await platform.UpAsync("--no-sample");
        await using (var database = PlatformDatabase.Open(before))
            await database.ExecuteAsync("CREATE TABLE public.kept AS SELECT 1 AS id, ST_SetSRID(ST_MakePoint(1, 2), 4326) AS geom");
        var tile = await StoredTileAsync(before);
        await platform.DownAsync();

        var after = await platform.UpAsync("--no-sample");

        Assert.Equal((before.Token, before.BaseUrl), (after.Token, after.BaseUrl));
        using var client = TestPlatform.CreateClient(after);
        using var response = await client.GetAsync(tile);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Standalone_idles_below_its_limit()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var status = await platform.UpAsync("--no-sample");

        var bytes = ResidentBytes(Assert.Single(status.Services).Pid);

        output.WriteLine($"Standalone idles at {bytes / 1024 / 1024} MB");
        Assert.InRange(bytes, 1, IdleLimit);
    }

    /// <summary>A tile of a query too long for an address, which the platform has to remember.</summary>
    private static async Task<string> StoredTileAsync(PlatformStatus status)
    {
        using var client = TestPlatform.CreateClient(status);
        var sql = $"SELECT * FROM public.kept -- {new string('x', 20_000)}";
        return await MapAddress.OfTileAsync(client, status.Connection, sql, 0, 0, 0);
    }

    private static long ResidentBytes(int? pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static async Task AssertNobodyListensAsync(int port)
    {
        using var socket = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
    }
}
