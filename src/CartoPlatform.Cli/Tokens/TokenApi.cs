using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Tokens;

/// <summary>What the commands ask of the running platform, with the owner's token.</summary>
internal sealed class TokenApi : IDisposable
{
    private const string Tokens = "/v3/tokens";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;

    private TokenApi(HttpClient client) => _client = client;

    public static TokenApi Open(DataFolder data)
    {
        if (PlatformLock.Holder(data) is null || RunFile.Read(data) is not { State: RunState.Ready } run)
            throw new CommandException($"Nothing runs on {data.Path}: start it with ./carto up.");
        if (!File.Exists(data.OwnerTokenFile)) throw new CommandException($"The owner's token is missing: {data.OwnerTokenFile}.");
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(run.BaseUrl), Timeout = AnswerLimit };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(data.OwnerTokenFile).Trim());
        return new TokenApi(client);
    }

    public Task<JsonNode?> CreateAsync(JsonObject token, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, Tokens, token, cancellationToken);

    public Task<JsonNode?> ListAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, Tokens, null, cancellationToken);

    /// <summary>How many secrets were sealed under the new key.</summary>
    public async Task<int> RotateKeysAsync(CancellationToken cancellationToken) =>
        (int?)(await SendAsync(HttpMethod.Post, "/v3/keys/rotate", null, cancellationToken))?["resealed"] ?? 0;

    public Task RevokeAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"{Tokens}/{Uri.EscapeDataString(id)}", null, cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
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
}
