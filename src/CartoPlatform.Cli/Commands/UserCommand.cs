using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto user</c>: the first administrator is made here, and a forgotten password mended.</summary>
internal static class UserCommand
{
    private const string Path = "/v3/users";
    private const int RandomPasswordBytes = 15;

    public static Command Create() => new("user", "People who may sign in: create, list, set-password.") { CreateUser(), ListUsers(), SetPassword() };

    private static Command CreateUser()
    {
        var data = CommonOptions.Data();
        var email = new Argument<string>("EMAIL") { Description = "His address, by which he signs in." };
        var role = new Option<string>("--role") { Description = "Superadmin, Admin, Editor or Viewer.", HelpName = "ROLE", DefaultValueFactory = _ => "Superadmin" };
        role.AcceptOnlyFromAmong("Superadmin", "Admin", "Editor", "Viewer");
        var name = new Option<string?>("--name") { Description = "What to call him.", HelpName = "N" };
        var fromInput = PasswordFromInput();
        var command = new Command("create", "Make a user and print his password, unless it comes from standard input.") { email, role, name, fromInput, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (password, isOurs) = await PasswordAsync(parsed.GetValue(fromInput), cancellationToken);
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            await platform.SendAsync(HttpMethod.Post, Path, new JsonObject
            {
                ["email"] = parsed.GetRequiredValue(email),
                ["role"] = parsed.GetRequiredValue(role),
                ["name"] = parsed.GetValue(name),
                ["password"] = password,
            }, cancellationToken);
            Console.WriteLine(isOurs ? password : "Made.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command ListUsers()
    {
        var data = CommonOptions.Data();
        var command = new Command("list", "List the users, by address.") { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            foreach (var user in await platform.SendAsync(HttpMethod.Get, Path, null, cancellationToken) as JsonArray ?? [])
                Console.WriteLine($"{user?["email"]}  {user?["role"]}{(user?["isActive"]?.GetValue<bool>() == false ? "  shut out" : "")}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command SetPassword()
    {
        var data = CommonOptions.Data();
        var email = new Argument<string>("EMAIL") { Description = "Whose." };
        var fromInput = PasswordFromInput();
        var command = new Command("set-password", "Give a user another password and print it, unless it comes from standard input. It ends his sessions and unlocks him.") { email, fromInput, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = parsed.GetRequiredValue(email).Trim();
            var (password, isOurs) = await PasswordAsync(parsed.GetValue(fromInput), cancellationToken);
            using var platform = PlatformApi.Open(PlatformSettings.ReadData(parsed.GetValue(data)));
            var found = (await platform.SendAsync(HttpMethod.Get, $"{Path}?search={Uri.EscapeDataString(wanted)}", null, cancellationToken) as JsonArray ?? [])
                .FirstOrDefault(user => string.Equals(user?["email"]?.ToString(), wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw new CommandException($"There is no user {wanted}.");
            await platform.SendAsync(HttpMethod.Patch, $"{Path}/{found["id"]}", new JsonObject { ["password"] = password }, cancellationToken);
            Console.WriteLine(isOurs ? password : "Done.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<bool> PasswordFromInput() => new("--password-stdin") { Description = "Take the password from the first line of standard input; else one is made." };

    private static async Task<(string Password, bool IsOurs)> PasswordAsync(bool fromInput, CancellationToken cancellationToken)
    {
        if (!fromInput) return (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomPasswordBytes)), true);
        return await Console.In.ReadLineAsync(cancellationToken) is { Length: > 0 } line
            ? (line, false)
            : throw new CommandException("There is no password on standard input.", ExitCodes.WrongUsage);
    }
}
