using System.Diagnostics;
using System.Text.Json;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Tests.Commands;

/// <summary>What a killed platform wrote about itself is believed only as far as it can still be true.</summary>
public sealed class StaleRecordTests : IAsyncDisposable
{
    private readonly Carto _carto = new();

    public ValueTask DisposeAsync() => _carto.DisposeAsync();

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

    [Fact]
    public async Task Process_that_got_the_number_of_a_dead_one_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "120");
        var dead = new ProcessIdentity(stranger.Id, 1);
        var record = new RunRecord
        {
            Version = "0",
            Topology = "standard",
            State = RunState.Ready,
            BaseUrl = _carto.BaseUrl,
            StartedAt = default,
            Supervisor = dead,
            Database = new RunDatabase(1, dead),
            Services = [new RunService("standalone", new Uri(_carto.BaseUrl), new Uri(_carto.BaseUrl), dead)],
        };
        await File.WriteAllBytesAsync(Path.Combine(_carto.Folder, "run.json"), JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
        await File.WriteAllBytesAsync(Path.Combine(_carto.Folder, "supervisor.json"), JsonSerializer.SerializeToUtf8Bytes(dead, RunJson.Default.ProcessIdentity));

        var down = await _carto.RunAsync("down");

        Assert.Equal(0, down.ExitCode);
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }
}
