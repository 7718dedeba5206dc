using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Hosting;

/// <summary>What a caller does with the Maps API, decoded.</summary>
internal static class MapsClient
{
    public static string Escape(string value) => Uri.EscapeDataString(value);

    public static Task<HttpResponseMessage> AskAsync(this HttpClient client, string url, HttpMethod? method = null) =>
        client.SendAsync(new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(url, UriKind.RelativeOrAbsolute)));

    /// <summary>A JSON answer; whatever the status, its body must be JSON.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Body)> AskJsonAsync(this HttpClient client, string url)
    {
        using var response = await client.AskAsync(url);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> PostJsonAsync(this HttpClient client, string url, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri(url, UriKind.RelativeOrAbsolute), content);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public static async Task<JsonElement> OkAsync(this HttpClient client, string url)
    {
        var (status, body) = await client.AskJsonAsync(url);
        Assert.True(status == HttpStatusCode.OK, $"{url} answered {status}: {body}");
        return body;
    }

    /// <summary>The features of an MVT tile; none for 204.</summary>
    public static async Task<IReadOnlyList<MvtFeature>> MvtAsync(this HttpClient client, string url)
    {
        using var response = await client.AskAsync(url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "formatTiles=mvt");
        if (response.StatusCode == HttpStatusCode.NoContent) return [];
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{url} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        var layer = Assert.Single(MvtReader.Read(await response.Content.ReadAsByteArrayAsync()));
        Assert.Equal("default", layer.Name);
        return layer.Features;
    }

    public static async Task<(CartoGroup Points, CartoGroup Lines, CartoGroup Polygons)> BinaryAsync(this HttpClient client, string url)
    {
        using var response = await client.AskAsync(url + "&formatTiles=binary");
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{url} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        Assert.Equal("application/vnd.carto-vector-tile", response.Content.Headers.ContentType?.ToString());
        return CartoTileReader.Read(await response.Content.ReadAsByteArrayAsync());
    }
}
