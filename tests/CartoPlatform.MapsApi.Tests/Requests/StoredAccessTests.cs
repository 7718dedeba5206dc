using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Requests;

/// <summary>Who may see tilesets, boundaries and rasters: by a grant for each table that an answer is made of.</summary>
public sealed class StoredAccessTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Boundary = "tilesetTableName=demo.tiles&propertiesTableName=demo.areas";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.tiles AS SELECT 0 AS z, 0 AS x, 0 AS y, (
            SELECT ST_AsMVT(t, 'default', 4096, 'g')
            FROM (SELECT ST_AsMVTGeom(ST_Transform(ST_MakeEnvelope(0, 0, 40, 40, 4326), 3857), ST_TileEnvelope(0, 0, 0)) AS g, 'A' AS geoid) AS t) AS data;
        CREATE TABLE demo.areas AS SELECT 'A' AS geoid, 7 AS value;
        CREATE TABLE demo.blocks (block int8, metadata text, band_1 bytea);
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.tiles, demo.areas, demo.blocks");

    [Theory]
    [InlineData($"boundary?{Boundary}", "demo.tiles", "demo.areas")]
    [InlineData($"boundary?{Boundary}&format=tilejson", "demo.tiles", "demo.areas")]
    [InlineData($"boundary/properties/0/0/0?{Boundary}", "demo.tiles", "demo.areas")]
    [InlineData("boundary/0/0/0?tilesetTableName=demo.tiles", "demo.tiles")]
    [InlineData("tileset?name=demo.tiles", "demo.tiles")]
    [InlineData("tileset?name=demo.tiles&format=tilejson", "demo.tiles")]
    [InlineData("tileset/0/0/0?name=demo.tiles", "demo.tiles")]
    [InlineData("raster?name=demo.blocks", "demo.blocks")]
    [InlineData("raster/5192650370358181887?name=demo.blocks", "demo.blocks")]
    public async Task Each_table_of_an_answer_takes_a_grant(string url, params string[] tables)
    {
        var host = fixture.Host();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.Anonymous(), url));
        foreach (var missing in tables)
        {
            GrantRecord[] others = [new("main", "demo.nothing"), .. tables.Where(table => table != missing).Select(table => new GrantRecord("main", table))];
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host.As(fixture.AddToken(others)), url));
        }

        // An empty raster is none, whoever asks.
        var expected = url.StartsWith("raster", StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.OK;
        Assert.Equal(expected, await StatusAsync(host.As(fixture.AddToken([.. tables.Select(table => new GrantRecord("main", table))])), url));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string url)
    {
        using (client)
        {
            using var response = await client.AskAsync($"/v3/maps/main/{url}");
            return response.StatusCode;
        }
    }
}
