using System.Net;

namespace CartoPlatform.HttpCache.Tests.Hosting;

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, string Cache, string Body, HttpResponseMessage Response)
{
    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}

internal static class CacheClient
{
    public static async Task<Answer> AskAsync(this HttpClient client, string url, string? cacheControl = null, HttpMethod? method = null, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, url) { Content = body };
        if (cacheControl is not null) request.Headers.TryAddWithoutValidation("Cache-Control", cacheControl);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.False(response.Headers.Contains("X-Carto-Cache"), "The declaration has reached a caller");
        return new Answer(response.StatusCode, response.Headers.TryGetValues("X-Cache", out var values) ? values.Single() : "", text, response);
    }

    public static Task<Answer> PostAsync(this HttpClient client, string url, string json) =>
        client.AskAsync(url, method: HttpMethod.Post, body: new StringContent(json, System.Text.Encoding.UTF8, "application/json"));
}
