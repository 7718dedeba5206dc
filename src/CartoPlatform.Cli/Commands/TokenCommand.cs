using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Tokens;
using CartoPlatform.EmbeddedPostGis.Provisioning;

namespace CartoPlatform.Cli.Commands;

internal static class TokenCommand
{
    public static Command Create() => new("token", "API access tokens: create, list, revoke.") { CreateToken(), ListTokens(), RevokeToken() };

    private static Command CreateToken()
    {
        var data = CommonOptions.Data();
        var name = new Option<string?>("--name") { Description = "What to call it.", HelpName = "N" };
        var grants = new Option<string[]>("--grant")
        {
            Description = $"What it may read: a connection, or CONNECTION:SOURCE, where SOURCE is a table, a pattern (demo.*), a named source or the text of a query. Default: {PlatformLogins.DataDatabase}.",
            HelpName = "CONNECTION[:SOURCE]",
        };
        var apis = new Option<string?>("--apis") { Description = "With which APIs: sql, maps, imports, lds. Default: sql,maps.", HelpName = "sql,maps,…" };
        var referers = new Option<string[]>("--referer") { Description = "Web page that may use it, as an origin such as https://app.example.org.", HelpName = "URL" };
        var expires = new Option<string?>("--expires") { Description = "When it ends: a time in ISO 8601, or after so many minutes, hours or days, such as 90d.", HelpName = "WHEN" };
        var login = new Option<string?>("--login") { Description = "The login of the connections that its statements run under, for row-level security.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "The platform's answer, as JSON." };
        var command = new Command("create", "Make a token and print it and its id; it is not told again.") { data, name, grants, apis, referers, expires, login, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var body = new JsonObject
            {
                ["name"] = parsed.GetValue(name),
                ["login"] = parsed.GetValue(login),
                ["grants"] = new JsonArray([.. (parsed.GetValue(grants) is { Length: > 0 } given ? given : [PlatformLogins.DataDatabase]).Select(Grant)]),
                ["referers"] = new JsonArray([.. (parsed.GetValue(referers) ?? []).Select(referer => (JsonNode)referer)]),
            };
            if (parsed.GetValue(apis) is { } list)
                body["allowed_apis"] = new JsonArray([.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(api => (JsonNode)api)]);
            if (parsed.GetValue(expires) is { } when) body["expiration_date"] = Moment(when, TimeProvider.System.GetUtcNow()).ToString("O");

            using var tokens = TokenApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            var made = await tokens.CreateAsync(body, cancellationToken);
            Console.WriteLine(parsed.GetValue(json) ? made?.ToJsonString() : $"{made?["token"]}\nid {made?["id"]}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command ListTokens()
    {
        var data = CommonOptions.Data();
        var json = new Option<bool>("--json") { Description = "The platform's answer, as JSON." };
        var command = new Command("list", "List the tokens that are valid, by id; never their text.") { data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var tokens = TokenApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            var list = await tokens.ListAsync(cancellationToken) as JsonArray ?? [];
            if (parsed.GetValue(json)) Console.WriteLine(list.ToJsonString());
            else foreach (var token in list) Console.WriteLine(Line(token));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command RevokeToken()
    {
        var data = CommonOptions.Data();
        var id = new Argument<string>("ID") { Description = "The token's id, as create and list print it." };
        var command = new Command("revoke", "End a token. When the command is done, no service takes it any more.") { data, id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetRequiredValue(id);
            if (string.IsNullOrWhiteSpace(wanted)) throw new CommandException("The id is empty: ./carto token list tells them.", ExitCodes.WrongUsage);
            using var tokens = TokenApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            await tokens.RevokeAsync(wanted, cancellationToken);
            Console.WriteLine("Revoked.");
            return ExitCodes.Success;
        });
        return command;
    }

    internal static JsonNode Grant(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new JsonObject { ["connection_name"] = text }
            : new JsonObject { ["connection_name"] = text[..colon], ["source"] = text[(colon + 1)..] };
    }

    internal static string Line(JsonNode? token)
    {
        var grants = (token?["grants"] as JsonArray ?? []).Select(grant => $"{grant?["connection_name"]}:{grant?["source"]}");
        var apis = (token?["allowed_apis"] as JsonArray ?? []).Select(api => $"{api}");
        return string.Join(
            "  ", $"{token?["id"]}", $"{token?["name"]}", string.Join(',', apis), string.Join(", ", grants),
            token?["created_by"] is { } maker ? $"by {maker}" : "by the platform's owner or a client",
            token?["expiration_date"] is { } until ? $"until {until}" : "without end");
    }

    internal static DateTimeOffset Moment(string text, DateTimeOffset now)
    {
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            var span = text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' when count < 100_000 => TimeSpan.FromDays(count),
                _ => TimeSpan.Zero,
            };
            if (span > TimeSpan.Zero) return now + span;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : throw new CommandException($"'{text}' is no time: write 2030-01-31, 2030-01-31T12:00:00Z, 90d, 12h or 30m.", ExitCodes.WrongUsage);
    }
}
