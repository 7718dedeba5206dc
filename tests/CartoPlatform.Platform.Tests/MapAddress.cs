using System.Net.Http.Json;
using System.Text.Json;

namespace CartoPlatform.Platform.Tests;

/// <summary>From a query to the address of a tile, as the client library goes: instantiation, TileJSON, template.</summary>
internal static class MapAddress
{
    public static async Task<string> OfTileAsync(HttpClient client, string connection, string sql, int z, int x, int y)
    {
        using var map = await client.PostAsJsonAsync($"/v3/maps/{connection}/query", new { q = sql });
        var tilejson = await ReadAsync(map, root => root.GetProperty("tilejson").GetProperty("url")[0]);
        using var data = await client.GetAsync(tilejson);
        var template = await ReadAsync(data, root => root.GetProperty("tiles")[0]);
        return template.Replace("{z}", $"{z}", StringComparison.Ordinal).Replace("{x}", $"{x}", StringComparison.Ordinal)
            .Replace("{y}", $"{y}", StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, Func<JsonElement, JsonElement> select)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        using var json = JsonDocument.Parse(body);
        return select(json.RootElement).GetString() ?? "";
    }
}
