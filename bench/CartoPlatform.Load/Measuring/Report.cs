using System.Globalization;

namespace CartoPlatform.Load.Measuring;

/// <summary>Tables in Markdown, to be read by people and put into documents.</summary>
internal static class Report
{
    public static void Heading(string text)
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Console.WriteLine();
        Console.WriteLine($"## {text}");
        Console.WriteLine();
        Console.WriteLine($"{Environment.ProcessorCount} cores, load {load} before.");
        Console.WriteLine();
    }

    public static void Columns(params string[] names)
    {
        Row(names);
        Row([.. names.Select(_ => "---")]);
    }

    public static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    public static string Ratio(TimeSpan time, TimeSpan reference) => (time / reference).ToString("0.00", CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
