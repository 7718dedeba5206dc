using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Tests.Commands;

public sealed class StartAndStopTests : IAsyncDisposable
{
    private readonly Carto _carto = new();

    public ValueTask DisposeAsync() => _carto.DisposeAsync();

    [Fact]
    public async Task Foreground_platform_stops_on_a_polite_signal()
    {
        using var up = _carto.Start(["up", "--no-sample"]);
        var lines = new List<string>();
        while (await up.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith("Stop it", StringComparison.Ordinal))
                ProcessIdentity.Of(up.Id)!.Value.Signal(ProcessSignal.Terminate);
        }

        await up.WaitForExitAsync();
        Assert.Equal(0, up.ExitCode);
        Assert.Equal("Stopped.", lines[^1]);
        Assert.Empty(_carto.Processes());
        Assert.False(File.Exists(Path.Combine(_carto.Folder, "run.json")));
    }

    [Fact]
    public async Task Signal_during_the_start_ends_it_and_the_next_one_works()
    {
        using var up = _carto.Start(["up", "--no-sample"]);
        var first = await up.StandardOutput.ReadLineAsync();
        Assert.StartsWith("Making the database", first, StringComparison.Ordinal);

        ProcessIdentity.Of(up.Id)!.Value.Signal(ProcessSignal.Interrupt);
        await up.WaitForExitAsync();

        Assert.Equal(1, up.ExitCode);
        Assert.Contains("carto: Interrupted.", await up.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(_carto.Processes());
        await _carto.UpAsync();
    }

    [Fact]
    public async Task Killed_first_start_is_repaired_by_the_next_one()
    {
        using var up = _carto.Start(["up", "--no-sample"]);
        await up.StandardOutput.ReadLineAsync();
        up.Kill();
        await up.WaitForExitAsync();

        await _carto.UpAsync();

        Assert.Equal("1\n", (await _carto.RunAsync("psql", "-Atc", "select 1")).Output);
    }

    [Fact]
    public async Task Two_starts_at_once_give_one_platform()
    {
        var starts = await Task.WhenAll(_carto.RunAsync("up", "--detach", "--no-sample"), _carto.RunAsync("up", "--detach", "--no-sample"));

        Assert.Contains(starts, start => start.ExitCode == 0);
        Assert.Equal("healthy", (await _carto.StatusAsync())["state"]!.ToString());
        Assert.Equal(0, (await _carto.RunAsync("down")).ExitCode);
        Assert.Empty(_carto.Processes());
    }

    [Fact]
    public async Task Two_platforms_run_side_by_side()
    {
        await using var other = new Carto();

        await _carto.UpAsync();
        await other.UpAsync();

        Assert.Equal(_carto.BaseUrl, (await _carto.StatusAsync())["baseUrl"]!.ToString());
        Assert.Equal(other.BaseUrl, (await other.StatusAsync())["baseUrl"]!.ToString());
        Assert.NotEqual(_carto.Run().Database!.Port, other.Run().Database!.Port);
    }
}
