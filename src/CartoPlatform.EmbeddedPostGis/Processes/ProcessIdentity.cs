using System.Diagnostics;
using System.Globalization;

namespace CartoPlatform.EmbeddedPostGis.Processes;

/// <summary>
/// A process that can be told from a later one which got the same number: process ids are reused.
/// </summary>
public readonly record struct ProcessIdentity(int Id, long StartTicks)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    public static ProcessIdentity Current => Of(Environment.ProcessId) ?? default;

    public bool IsAlive => Id > 0 && Of(Id) == this;

    /// <summary>The process with this id now; null when there is none, or only its exit status waits to be collected.</summary>
    public static ProcessIdentity? Of(int id) => OperatingSystem.IsLinux() ? FromProc(id) : FromRuntime(id);

    /// <summary>Sends the signal if the process is still the same one. False when it is gone.</summary>
    public bool Signal(ProcessSignal signal) => IsAlive && LibC.Kill(Id, (int)signal) == 0;

    /// <summary>Waits for the end of a process that need not be a child. False when the limit ran out.</summary>
    public async Task<bool> WaitForExitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (IsAlive)
        {
            if (time.GetElapsedTime(start) > limit)
                return false;

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return true;
    }

    private static ProcessIdentity? FromProc(int id)
    {
        try
        {
            // "pid (name) state ppid …": the name may hold spaces and brackets, so count from the last one. Field 22 is the start.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new ProcessIdentity(id, long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static ProcessIdentity? FromRuntime(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return new ProcessIdentity(id, process.StartTime.Ticks);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
