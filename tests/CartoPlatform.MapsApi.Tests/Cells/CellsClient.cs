using System.Globalization;
using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Cells;

/// <summary>Tiles of cells, decoded.</summary>
internal static class CellsClient
{
    public static CellScheme Scheme(string name) => name == "h3" ? CellScheme.H3 : CellScheme.Quadbin;

    public static string Url(string kind, string source, string scheme, string column, string expression, int level) =>
        $"/v3/maps/main/{kind}@?{(kind == "table" ? "name" : "q")}={MapsClient.Escape(source)}&spatialDataType={scheme}&spatialDataColumn={column}"
        + string.Create(CultureInfo.InvariantCulture, $"&aggregationExp={MapsClient.Escape(expression)}&aggregationResLevel={level}");

    /// <summary>The cells of a tile; none for 204.</summary>
    public static async Task<IReadOnlyList<(long Cell, IReadOnlyDictionary<string, object> Properties)>> CellsAsync(
        this HttpClient client, string url, CellScheme scheme, long tile)
    {
        using var response = await client.AskAsync(url.Replace("@", $"/{scheme.ToText(tile)}", StringComparison.Ordinal));
        if (response.StatusCode == HttpStatusCode.NoContent) return [];
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{url} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        Assert.Equal("application/vnd.carto-spatial-tile", response.Content.Headers.ContentType?.ToString());
        return SpatialTileReader.Read(await response.Content.ReadAsByteArrayAsync());
    }

    public static async Task<System.Text.Json.JsonElement> TileJsonAsync(this HttpClient client, string url) =>
        await client.OkAsync(url.Replace("@", "", StringComparison.Ordinal) + "&format=tilejson");
}
