using System.Text.RegularExpressions;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Operations;

/// <summary>Rules and dashboard ask for metrics that exist: their names are compared with what the services answer.</summary>
[Collection(SharedPlatform.Name)]
public sealed partial class MonitoringTests(PlatformFixture platforms)
{
    [Theory]
    [InlineData("prometheus-rules.yaml")]
    [InlineData("grafana-dashboard.json")]
    public async Task Every_metric_that_is_asked_for_is_answered(string file)
    {
        var platform = await platforms.GetAsync(Topologies.Standard);
        using var client = TestPlatform.CreateClient(platform);
        // Metrics appear with their first measurement.
        (await client.GetAsync($"/v3/sql/{platform.Connection}/query?q=SELECT+1")).EnsureSuccessStatusCode();
        (await client.GetAsync(await MapAddress.OfTileAsync(client, platform.Connection, "SELECT id, geom FROM demo.airports", 0, 0, 0))).EnsureSuccessStatusCode();
        using var inside = new HttpClient();
        var metrics = await inside.GetStringAsync(new Uri(platform.Services.Single().InternalUrl, "/metrics"));
        var answered = Answered().Matches(metrics).Select(match => match.Groups["name"].Value).ToHashSet();

        var asked = Asked().Matches(await File.ReadAllTextAsync(Repository.PathOf("deploy", "monitoring", file)))
            .Select(match => Suffix().Replace(match.Value, "")).Distinct().ToList();

        Assert.NotEmpty(asked);
        // What has not been measured yet is not answered: then there is an instrument of that name.
        var instruments = Directory.EnumerateFiles(Repository.PathOf("src"), "*Telemetry.cs", SearchOption.AllDirectories)
            .SelectMany(source => Instrument().Matches(File.ReadAllText(source))).Select(match => match.Groups["name"].Value.Replace('.', '_')).ToList();
        Assert.All(asked, name => Assert.True(
            answered.Contains(name) || metrics.Contains(name + "=", StringComparison.Ordinal) || instruments.Any(instrument => name.StartsWith(instrument, StringComparison.Ordinal)),
            name));
    }

    [GeneratedRegex(@"^# TYPE (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Answered();

    [GeneratedRegex(@"\b(carto|http_server|dotnet)_[a-z_]+")]
    private static partial Regex Asked();

    [GeneratedRegex("""Create\w+(<\w+>)?\("(?<name>carto\.[a-z.]+)"\W""")]
    private static partial Regex Instrument();

    // Of the series that a histogram is made of.
    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}
