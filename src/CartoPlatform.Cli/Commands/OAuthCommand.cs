using System.CommandLine;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto oauth</c>: programs that ask for access tokens, and the keys that those are signed with.</summary>
internal static class OAuthCommand
{
    private const string Path = "/v3/oauth-clients";

    public static Command Create() => new("oauth", "OAuth clients: create, list, renew-secret, delete; rotate-key.")
    {
        CreateClient(), ListClients(), RenewSecret(), DeleteClient(), RotateKey(),
    };

    private static Command CreateClient()
    {
        var data = CommonOptions.Data();
        var name = new Argument<string>("NAME") { Description = "What to call it." };
        var redirects = new Option<string[]>("--redirect") { Description = "Where a single-page application takes its users back: makes the client one of that kind, without a secret.", HelpName = "URL" };
        var role = new Option<string?>("--role") { Description = "What a machine may administer, within its scopes: Viewer (default), Editor, Admin or Superadmin.", HelpName = "ROLE" };
        role.AcceptOnlyFromAmong("Superadmin", "Admin", "Editor", "Viewer");
        var scopes = new Option<string[]>("--scope") { Description = "A scope that it may ask for, such as read:maps. Default: all of the role given; for an application openid, profile, email and read:maps.", HelpName = "SCOPE" };
        var grants = new Option<string[]>("--grant") { Description = "What its tokens read, as in token create. Default: what the role, or the application's user, reads.", HelpName = "CONNECTION[:SOURCE]" };
        var login = new Option<string?>("--login") { Description = "The login of the connections that its statements run under, for row-level security.", HelpName = "NAME" };
        var command = new Command("create", "Make a client and print its id and secret; the secret is not told again.") { name, redirects, role, scopes, grants, login, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var body = new JsonObject { ["name"] = parsed.GetRequiredValue(name), ["role"] = parsed.GetValue(role), ["login"] = parsed.GetValue(login) };
            if (parsed.GetValue(redirects) is { Length: > 0 } uris) (body["kind"], body["redirect_uris"]) = ("spa", Texts(uris));
            if (parsed.GetValue(scopes) is { Length: > 0 } asked) body["scopes"] = Texts(asked);
            if (parsed.GetValue(grants) is { Length: > 0 } given) body["grants"] = new JsonArray([.. given.Select(TokenCommand.Grant)]);
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            var made = await platform.SendAsync(HttpMethod.Post, Path, body, cancellationToken);
            Console.WriteLine($"client_id {made?["client_id"]}");
            if (made?["client_secret"] is { } secret) Console.WriteLine($"client_secret {secret}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command ListClients()
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "List the clients, the latest first; never their secrets.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            foreach (var client in await platform.SendAsync(HttpMethod.Get, Path, null, cancellationToken) as JsonArray ?? [])
                Console.WriteLine(string.Join("  ", $"{client?["client_id"]}", $"{client?["kind"]}", $"{client?["name"]}", string.Join(' ', client?["scopes"] as JsonArray ?? [])).TrimEnd());
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command RenewSecret() => OfOne("renew-secret", "Give a client another secret and print it; the old one ends.", async (platform, id, cancellationToken) =>
        $"{(await platform.SendAsync(HttpMethod.Post, $"{Path}/{id}/secret", null, cancellationToken))?["client_secret"]}");

    private static Command DeleteClient() => OfOne("delete", "End a client and all its tokens. When the command is done, no service takes them any more.", async (platform, id, cancellationToken) =>
    {
        await platform.SendAsync(HttpMethod.Delete, $"{Path}/{id}", null, cancellationToken);
        return "Deleted.";
    });

    private static Command RotateKey()
    {
        var data = CommonOptions.Data();
        var command = new Command("rotate-key", "Sign access tokens with a new key from now on. Those of the old one stay valid to their end.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            Console.WriteLine($"{(await platform.SendAsync(HttpMethod.Post, "/v3/keys/oauth/rotate", null, cancellationToken))?["kid"]}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command OfOne(string name, string description, Func<PlatformApi, string, CancellationToken, Task<string>> act)
    {
        var data = CommonOptions.Data();
        var id = new Argument<string>("ID") { Description = "The client's id, as create and list print it." };
        var command = new Command(name, description) { id, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetRequiredValue(id);
            if (!Guid.TryParseExact(wanted, "D", out _)) throw new CommandException($"There is no such client: '{wanted}' is no id. ./carto oauth list tells them.");
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            Console.WriteLine(await act(platform, wanted, cancellationToken));
            return ExitCodes.Success;
        });
        return command;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
