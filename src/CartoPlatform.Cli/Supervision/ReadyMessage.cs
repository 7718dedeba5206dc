using System.Globalization;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Supervision;

internal static class ReadyMessage
{
    public static void Write(TextWriter output, PlatformSettings settings, RunRecord record, TimeSpan took)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CartoPlatform {record.Version} is ready ({record.Topology}) after {took.TotalSeconds:F1} s."));
        output.WriteLine($"  Map       {record.BaseUrl}/");
        output.WriteLine($"  API       {record.BaseUrl}/v3/");
        output.WriteLine($"  Token     in {settings.Data.OwnerTokenFile}");
        output.WriteLine("  Database  ./carto psql");
        output.WriteLine(Console.IsOutputRedirected ? "Stop it with ./carto down." : "Stop it with Ctrl-C, or ./carto down.");
    }
}
