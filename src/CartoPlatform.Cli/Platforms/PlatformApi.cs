using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CartoPlatform.Cli.Platforms;

/// <summary>The running platform's administration, asked with the owner's token.</summary>
internal sealed class PlatformApi : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;

    private PlatformApi(HttpClient client) => _client = client;

    public static PlatformApi Open(DataFolder data)
    {
        if (PlatformLock.Holder(data) is null || RunFile.Read(data) is not { State: RunState.Ready } run)
            throw new CommandException($"Nothing runs on {data.Path}: start it with ./carto up.");
        if (!File.Exists(data.OwnerTokenFile)) throw new CommandException($"The owner's token is missing: {data.OwnerTokenFile}.");
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(run.BaseUrl), Timeout = AnswerLimit };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(data.OwnerTokenFile).Trim());
        return new PlatformApi(client);
    }

    /// <summary>The answer; one that is an error becomes a sentence of the command.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await _client.SendAsync(request, cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            var json = text.Length == 0 ? null : JsonNode.Parse(text);
            if (answer.IsSuccessStatusCode) return json;
            throw new CommandException($"{(json as JsonObject)?["error"]?.ToString() ?? $"The platform answered {(int)answer.StatusCode}"}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CommandException($"The platform at {_client.BaseAddress} does not answer: {exception.Message.TrimEnd('.')}.");
        }
    }

    /// <summary>Passes an answer on as it comes.</summary>
    public async Task CopyAsync(string path, Stream output, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                await answer.Content.CopyToAsync(output, cancellationToken);
                return;
            }

            var error = (JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)) as JsonObject)?["error"];
            throw new CommandException($"{error?.ToString() ?? $"The platform answered {(int)answer.StatusCode}"}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CommandException($"The platform at {_client.BaseAddress} does not answer: {exception.Message.TrimEnd('.')}.");
        }
    }

    public void Dispose() => _client.Dispose();
}
