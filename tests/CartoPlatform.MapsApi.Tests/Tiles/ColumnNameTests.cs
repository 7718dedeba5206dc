using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>A column may have any name, those that our own SQL uses included.</summary>
public sealed class ColumnNameTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private static readonly string[] Names = ["t", "p", "g", "s", "e", "row", "n", "x", "_geometry", "_key", "projected", "tile"];

    private static readonly string Columns = string.Join(", ", Names.Select(name => $"'of {name}'::text AS \"{name}\""));

    public Task InitializeAsync() => fixture.Database.ExecuteAsync($"""
        CREATE TABLE demo.named AS SELECT 1 AS id, {Columns}, ST_SetSRID(ST_Point(1, 1), 4326) AS geom;
        CREATE TABLE demo.named_line AS SELECT 1 AS id, {Columns}, 'SRID=4326;LINESTRING(1 1, 50 50)'::geometry AS geom;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.named, demo.named_line");

    [Theory]
    [InlineData("table", "name=demo.named", true)]
    [InlineData("table", "name=demo.named", false)]
    [InlineData("query", "q=SELECT * FROM demo.named", true)]
    [InlineData("table", "name=demo.named_line", true)]
    public async Task Names_of_our_own_are_columns_like_others(string kind, string source, bool isThinned)
    {
        var host = fixture.Host(("MapsApi:PointThinning", isThinned ? "true" : "false"));
        using var client = host.Owner();
        var feature = Assert.Single(await client.MvtAsync($"/v3/maps/main/{kind}/0/0/0?{source}"));
        foreach (var name in Names) Assert.Equal($"of {name}", feature.Properties[name]);

        var collection = await client.OkAsync($"/v3/maps/main/{kind}?{source}&format=geojson");
        var properties = collection.GetProperty("features")[0].GetProperty("properties");
        foreach (var name in Names) Assert.Equal($"of {name}", properties.GetProperty(name).GetString());
    }
}
