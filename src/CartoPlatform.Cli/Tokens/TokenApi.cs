using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Tokens;

/// <summary>What the commands ask of the running platform about tokens and keys.</summary>
internal sealed class TokenApi : IDisposable
{
    private const string Tokens = "/v3/tokens";

    private readonly PlatformApi _platform;

    private TokenApi(PlatformApi platform) => _platform = platform;

    public static TokenApi Open(DataFolder data) => new(PlatformApi.Open(data));

    public Task<JsonNode?> CreateAsync(JsonObject token, CancellationToken cancellationToken) => _platform.SendAsync(HttpMethod.Post, Tokens, token, cancellationToken);

    public Task<JsonNode?> ListAsync(CancellationToken cancellationToken) => _platform.SendAsync(HttpMethod.Get, Tokens, null, cancellationToken);

    /// <summary>How many secrets were sealed under the new key.</summary>
    public async Task<int> RotateKeysAsync(CancellationToken cancellationToken) =>
        (int?)(await _platform.SendAsync(HttpMethod.Post, "/v3/keys/rotate", null, cancellationToken))?["resealed"] ?? 0;

    public Task RevokeAsync(string id, CancellationToken cancellationToken) =>
        _platform.SendAsync(HttpMethod.Delete, $"{Tokens}/{Uri.EscapeDataString(id)}", null, cancellationToken);

    public void Dispose() => _platform.Dispose();
}
