using System.Diagnostics;
using System.Globalization;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Testing.PostGis;

/// <summary>A shell that waits for the end of this test process, however it comes, and then cleans up.</summary>
internal static class Watchdog
{
    public static void Start(string cleanUp)
    {
        var script = $"(while kill -0 {Environment.ProcessId}; do sleep 0.5; done; {cleanUp}) >/dev/null 2>&1 </dev/null &";
        // A session of its own: Ctrl-C at the test run must reach the tests, not this.
        using var shell = Process.Start("setsid", ["sh", "-c", script]);
    }

    /// <summary>Commands on a process, if it is still the one it was: its id may be another's by the time a long test run ends.</summary>
    /// <param name="process">Of which one.</param>
    /// <param name="commands">With its id in them.</param>
    public static string IfAlive(ProcessIdentity process, string commands) => string.Create(
        CultureInfo.InvariantCulture, $"if [ \"$(cut -d ' ' -f 22 /proc/{process.Id}/stat)\" = {process.StartTicks} ]; then {commands}; fi");
}
