using System.Globalization;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Supervision;

internal static class ReadyMessage
{
    public static void Write(TextWriter output, PlatformSettings settings, RunRecord record, TimeSpan took)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CartoPlatform {record.Version} is ready ({record.Topology}) after {took.TotalSeconds:F1} s."));
        output.WriteLine($"  Map       {record.BaseUrl}/");
        output.WriteLine($"  API       {record.BaseUrl} (apiBaseUrl of the clients)");
        output.WriteLine($"  Token     in {settings.Data.OwnerTokenFile}");
        var folder = NameFolder(settings.Data);
        output.WriteLine($"  Database  ./carto psql{folder}");
        output.WriteLine(Console.IsOutputRedirected ? $"Stop it with ./carto down{folder}." : $"Stop it with Ctrl-C, or ./carto down{folder}.");
    }

    /// <summary>What commands have to be told to mean this platform; nothing where they mean it anyway.</summary>
    private static string NameFolder(DataFolder data)
    {
        if (PlatformSettings.ReadData(null).Path == data.Path) return "";
        var isPlain = data.Path.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-".Contains(letter, StringComparison.Ordinal));
        return isPlain ? $" --data {data.Path}" : $" --data '{data.Path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
