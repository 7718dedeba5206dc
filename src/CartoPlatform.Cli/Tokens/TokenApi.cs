using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Tokens;

/// <summary>The running platform's <c>/v3/tokens</c>.</summary>
internal sealed class TokenApi : IDisposable
{
    private const string Path = "/v3/tokens";

    private readonly PlatformApi _platform;

    private TokenApi(PlatformApi platform) => _platform = platform;

    public static TokenApi Open(DataFolder data) => new(PlatformApi.Open(data));

    public Task<JsonNode?> CreateAsync(JsonObject token, CancellationToken cancellationToken) => _platform.SendAsync(HttpMethod.Post, Path, token, cancellationToken);

    public Task<JsonNode?> ListAsync(CancellationToken cancellationToken) => _platform.SendAsync(HttpMethod.Get, Path, null, cancellationToken);

    public Task RevokeAsync(string id, CancellationToken cancellationToken) =>
        _platform.SendAsync(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(id)}", null, cancellationToken);

    public void Dispose() => _platform.Dispose();
}
