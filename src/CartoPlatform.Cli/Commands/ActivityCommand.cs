using System.CommandLine;
using System.Globalization;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto activity</c>: who called what, as CSV.</summary>
internal static class ActivityCommand
{
    private static readonly string[] Filters = ["token", "user", "map", "client", "tag", "status", "api", "operation", "connection", "source", "caller"];

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var from = new Option<string?>("--from") { Description = "Calls since then: a time in ISO 8601, or so many minutes, hours or days ago, such as 90d. Default: a day ago.", HelpName = "WHEN" };
        var to = new Option<string?>("--to") { Description = "Calls before then. Default: now.", HelpName = "WHEN" };
        var filters = Filters.Select(name => new Option<string?>($"--{name}") { Description = $"Only calls of this {name}.", HelpName = name.ToUpperInvariant() }).ToArray();
        var command = new Command("activity", "Print the calls of the API as CSV: who, what, how long, rows and bytes.") { data, from, to };
        foreach (var filter in filters) command.Add(filter);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var query = new List<string>();
            if (parsed.GetValue(from) is { } since) query.Add($"from={Escape(since, now)}");
            if (parsed.GetValue(to) is { } until) query.Add($"to={Escape(until, now)}");
            query.AddRange(filters.Zip(Filters).Where(pair => parsed.GetValue(pair.First) is not null).Select(pair => $"{pair.Second}={Uri.EscapeDataString(parsed.GetValue(pair.First)!)}"));

            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            await using var output = Console.OpenStandardOutput();
            await platform.CopyAsync($"/v3/activity?{string.Join('&', query)}", output, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    // "90d" is ago here: what has been counts.
    private static string Escape(string when, DateTimeOffset now)
    {
        var moment = TokenCommand.Moment(when, now);
        if (char.IsAsciiLetterLower(when[^1])) moment = now - (moment - now);
        return Uri.EscapeDataString(moment.ToString("O", CultureInfo.InvariantCulture));
    }
}
