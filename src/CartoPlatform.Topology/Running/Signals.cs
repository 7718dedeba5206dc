using System.Runtime.InteropServices;

namespace CartoPlatform.Topology.Running;

/// <summary>.NET can kill a process, but not ask it to end.</summary>
internal static partial class Signals
{
    private const int Terminate = 15;

    /// <summary>False when there is no such process any more.</summary>
    public static bool AskToEnd(int processId) => Send(processId, Terminate) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int processId, int signal);
}
