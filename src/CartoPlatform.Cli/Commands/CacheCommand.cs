using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto cache purge</c>: forgets kept answers, on every replica.</summary>
internal static class CacheCommand
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    public static Command Create() => new("cache", "What is kept of answers.") { Purge() };

    private static Command Purge()
    {
        var all = new Option<bool>("--all") { Description = "Everything." };
        var tags = new Option<string[]>("--tag") { Description = "What was made from it: table:CONNECTION/SCHEMA.TABLE or connection:CONNECTION.", HelpName = "TAG" };
        var urls = new Option<string[]>("--url") { Description = "The answer under this address: /v3/…, or whole.", HelpName = "URL" };
        var data = CommonOptions.Data();
        var command = new Command("purge", "Forget kept answers; they are made anew when somebody asks.") { all, tags, urls, data };
        command.SetAction((parsed, cancellationToken) => PurgeAsync(
            parsed.GetValue(all), parsed.GetValue(tags) ?? [], parsed.GetValue(urls) ?? [], PlatformSettings.ReadData(parsed.GetValue(data)), cancellationToken));
        return command;
    }

    private static async Task<int> PurgeAsync(bool all, string[] tags, string[] urls, DataFolder data, CancellationToken cancellationToken)
    {
        if (!all && tags.Length == 0 && urls.Length == 0) throw new CommandException("Say what to forget: --all, --tag or --url (see ./carto cache purge --help).", ExitCodes.WrongUsage);
        if (PlatformLock.Holder(data) is null || RunFile.Read(data) is not { } run) throw new CommandException($"No platform runs on {data.Path}: start it with ./carto up.");

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(run.BaseUrl), Timeout = AnswerLimit };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(data.OwnerTokenFile, cancellationToken)).Trim());
        using var answer = await AskAsync(client, new { everything = all, tags, urls }, cancellationToken);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        if (!answer.IsSuccessStatusCode) throw new CommandException($"The platform refused: {body.RootElement.GetProperty("error").GetString()}.");
        return await TellAsync(body.RootElement);
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, object order, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PostAsJsonAsync(new Uri("v3/cache/purge", UriKind.Relative), order, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException($"The platform does not answer: {exception.Message.TrimEnd('.')}.");
        }
    }

    // A replica that has not answered may still hold what was to go: then the command has not done its work.
    private static async Task<int> TellAsync(JsonElement result)
    {
        foreach (var reply in result.GetProperty("replicas").EnumerateArray())
            await Console.Out.WriteLineAsync($"{reply.GetProperty("replica").GetString()}: {reply.GetProperty("removed").GetInt32()} answers forgotten");
        if (result.GetProperty("shared") is { ValueKind: JsonValueKind.Number } shared) await Console.Out.WriteLineAsync($"Redis: {shared.GetInt32()} answers forgotten");
        var silent = result.GetProperty("silent").EnumerateArray().Select(name => name.GetString()).ToArray();
        foreach (var name in silent) await Console.Error.WriteLineAsync($"{name}: has not answered");
        return silent.Length == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}
