using System.Globalization;

namespace CartoPlatform.Load.Measuring;

/// <summary>
/// What a service and a database have used of the processor so far (Linux, <c>proc(5)</c>), backends that have ended included. On a busy
/// machine it says more than the clock, which also counts how long others had their turn.
/// </summary>
internal sealed class ProcessorTime(int service, int postmaster)
{
    private const double MillisecondsPerTick = 10;

    // Of /proc/PID/stat, counted behind the name, which may hold blanks.
    private const int Parent = 1;
    private const int User = 11;
    private const int System = 12;
    private const int ChildrenUser = 13;
    private const int ChildrenSystem = 14;

    public double Milliseconds
    {
        get
        {
            var backends = Directory.EnumerateDirectories("/proc").Select(folder => Read(folder)).Where(stat => stat.Length > 0 && stat[Parent] == postmaster);
            var root = Read($"/proc/{postmaster}");
            var all = backends.Append(Read($"/proc/{service}")).Append(root).Sum(stat => stat[User] + stat[System]) + root[ChildrenUser] + root[ChildrenSystem];
            return all * MillisecondsPerTick;
        }
    }

    public static int PostmasterOf(string folder) =>
        int.Parse(File.ReadLines(Path.Combine(folder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static long[] Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ').Select(field => long.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No process, or one that has just ended.
            return [];
        }
    }
}
