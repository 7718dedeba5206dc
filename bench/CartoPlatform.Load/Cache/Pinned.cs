using System.Diagnostics;
using System.Globalization;

namespace CartoPlatform.Load.Cache;

/// <summary>Keeps a process to one core: who serves to the first, who asks to the second.</summary>
internal sealed class Pinned
{
    public const string ServerCore = "0";
    public const string ClientCore = "1";

    private readonly int _processId;

    private Pinned(int processId) => _processId = processId;

    public static Pinned Server(int processId)
    {
        Pin(ServerCore, processId);
        return new Pinned(processId);
    }

    public void Release() => Pin($"0-{Environment.ProcessorCount - 1}", _processId);

    private static void Pin(string cores, int processId)
    {
        using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-p", "-c", cores, processId.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("taskset could not be started.");
        taskset.WaitForExit();
    }
}
