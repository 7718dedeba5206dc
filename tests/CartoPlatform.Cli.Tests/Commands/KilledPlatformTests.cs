using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Tests.Commands;

/// <summary>The supervisor gets no chance to clean up.</summary>
public sealed class KilledPlatformTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Carto _carto = new();

    public ValueTask DisposeAsync() => _carto.DisposeAsync();

    [Fact]
    public async Task Rounds_of_up_and_kill_lose_nothing()
    {
        var rounds = Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1" ? 10 : 3;
        await _carto.UpAsync();
        await _carto.RunAsync("psql", "-c", "create table public.rounds (round int)");
        for (var round = 1; round <= rounds; round++)
        {
            await _carto.RunAsync("psql", "-c", $"insert into public.rounds values ({round})");
            await KillAsync(round % 2 == 0);

            await _carto.UpAsync();

            Assert.Equal($"{round}\n", (await _carto.RunAsync("psql", "-Atc", "select count(*) from public.rounds")).Output);
            Assert.Equal("healthy", (await _carto.StatusAsync())["state"]!.ToString());
        }
    }

    [Fact]
    public async Task Services_end_with_their_supervisor_and_down_ends_the_rest()
    {
        await _carto.UpAsync();
        var run = _carto.Run();

        run.Supervisor.Signal(ProcessSignal.Kill);

        Assert.All(run.Services, service => Assert.NotNull(service.Process));
        foreach (var service in run.Services)
            Assert.True(await service.Process!.Value.WaitForExitAsync(Limit, TimeProvider.System, CancellationToken.None));
        Assert.Equal(3, (await _carto.RunAsync("status")).ExitCode);
        Assert.Equal((0, "Stopped.\n"), Answer(await _carto.RunAsync("down")));
        Assert.Empty(_carto.Processes());
        Assert.StartsWith("Nothing runs", (await _carto.RunAsync("down")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stale_record_does_not_harm_a_stranger()
    {
        await _carto.UpAsync();
        var record = await File.ReadAllTextAsync(Path.Combine(_carto.Folder, "run.json"));
        await _carto.RunAsync("down");
        using var stranger = System.Diagnostics.Process.Start("sleep", "120");
        // The number of the service of the last run, now of somebody else: it started at another time.
        var service = System.Text.Json.Nodes.JsonNode.Parse(record)!;
        service["services"]![0]!["process"]!["id"] = stranger.Id;
        await File.WriteAllTextAsync(Path.Combine(_carto.Folder, "run.json"), service.ToJsonString());

        var down = await _carto.RunAsync("down");

        Assert.Equal(0, down.ExitCode);
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"state\":\"Ready\"}")]
    public async Task Damaged_record_stops_nothing(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_carto.Folder, "run.json"), text);
        await File.WriteAllTextAsync(Path.Combine(_carto.Folder, "supervisor.json"), text);

        Assert.Equal(3, (await _carto.RunAsync("status")).ExitCode);
        Assert.Equal(0, (await _carto.RunAsync("down")).ExitCode);
    }

    private async Task KillAsync(bool databaseToo)
    {
        var run = _carto.Run();
        run.Supervisor.Signal(ProcessSignal.Kill);
        if (databaseToo)
            run.Database!.Process!.Value.Signal(ProcessSignal.Kill);
        Assert.True(await run.Supervisor.WaitForExitAsync(Limit, TimeProvider.System, CancellationToken.None));
    }

    private static (int ExitCode, string Output) Answer(Outcome outcome) => (outcome.ExitCode, outcome.Output);
}
