using System.Globalization;

namespace CartoPlatform.Testing.Platform;

/// <summary>The memory that a process has resident, as the kernel counts it (Linux, <c>proc(5)</c>).</summary>
public sealed class ProcessMemory(int processId)
{
    private const string ResetPeak = "5";

    public long Megabytes => Read("VmRSS");

    /// <summary>The most since the last reset.</summary>
    public long PeakMegabytes => Read("VmHWM");

    public void ResetPeakMemory() => File.WriteAllText($"/proc/{processId}/clear_refs", ResetPeak);

    private long Read(string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[(field.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1_024;
    }
}
