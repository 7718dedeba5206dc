using System.Diagnostics;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Tests.Processes;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void Own_process_is_alive() => Assert.True(ProcessIdentity.Current.IsAlive);

    [Fact]
    public void Later_process_of_the_same_number_is_another_one()
    {
        var earlier = ProcessIdentity.Current with { StartTicks = ProcessIdentity.Current.StartTicks - 1 };

        Assert.False(earlier.IsAlive);
        Assert.False(earlier.Signal(ProcessSignal.Terminate));
    }

    [Fact]
    public async Task Killed_process_is_dead_even_before_it_is_collected()
    {
        // The shell never waits for its child, which stays in the table of processes.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        var child = ProcessIdentity.Of(int.Parse((await parent.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotNull(child);

        Assert.True(child.Value.Signal(ProcessSignal.Kill));

        Assert.True(await child.Value.WaitForExitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None));
        Assert.True(Directory.Exists($"/proc/{child.Value.Id}"));
        parent.Kill();
    }

    [Fact]
    public void Number_that_nobody_has_is_none() => Assert.Null(ProcessIdentity.Of(int.MaxValue));
}
