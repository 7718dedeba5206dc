using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Warm;

internal static class WarmAsking
{
    /// <summary>Asks until tiles come out of memory.</summary>
    public static async Task UntilWarmAsync(MapsHost host, HttpClient client, string url)
    {
        var before = host.WarmTiles;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (host.WarmTiles == before)
        {
            await AskAsync(client, url, versioned: true);
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    /// <summary>All that a caller is told.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="url">For what.</param>
    /// <param name="versioned">As a cache does, which wants the versions whatever that costs.</param>
    public static async Task<string> AskAsync(HttpClient client, string url, bool versioned = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (versioned) request.Headers.Add(CacheDeclaration.ClientHeader, "cache");
        using var response = await client.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var told = response.Headers.Where(header => header.Key.StartsWith("X-Carto-", StringComparison.Ordinal) && header.Key != CacheDeclaration.Header).Select(header => $"{header.Key}={string.Join(',', header.Value)}");
        return $"{response.StatusCode} {response.Headers.ETag} {string.Join(' ', told)} {Convert.ToHexString(bytes)}";
    }
}
