using System.Diagnostics;

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
}
