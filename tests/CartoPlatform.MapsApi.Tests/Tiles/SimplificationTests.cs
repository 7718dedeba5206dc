using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>What nobody sees of lines and polygons is not sent, and of too many the largest stay (contract, section 6.1).</summary>
public sealed class SimplificationTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private static readonly (string, string) Off = ("MapsApi:Simplification", "false");

    // Squares of 0.1 to 2 degrees side at the equator: a cell of the world tile has 0.7.
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.squares AS
          SELECT i AS id, ST_Multi(ST_MakeEnvelope(i * 5, 0, i * 5 + i * 0.1, i * 0.1, 4326))::geometry(MultiPolygon, 4326) AS geom FROM generate_series(1, 20) AS i;
        CREATE TABLE demo.squares_metric AS SELECT id, ST_Transform(geom, 3857)::geometry(MultiPolygon, 3857) AS geom FROM demo.squares;
        CREATE TABLE demo.mixed AS
          SELECT 1 AS id, ST_Point(1, 1, 4326)::geometry AS geom UNION ALL SELECT 2, ST_MakeLine(ST_Point(0, 0, 4326), ST_Point(0.1, 0.1, 4326)) UNION ALL SELECT 3, ST_MakeEnvelope(0, 0, 9, 9, 4326);
        CREATE TABLE demo.rounds AS SELECT ST_Buffer(ST_Point(0, 0, 4326), 30, 2000)::geometry(Polygon, 4326) AS geom;
        CREATE TABLE demo.paths AS
          SELECT i AS id, ST_MakeLine(ST_Point(i, 0, 4326), ST_Point(i, i, 4326))::geometry(LineString, 4326) AS geom FROM generate_series(2, 61) AS i;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.squares, demo.squares_metric, demo.mixed, demo.rounds, demo.paths");

    [Theory]
    [InlineData("demo.squares")]
    [InlineData("demo.squares_metric")]
    public async Task Shapes_smaller_than_a_cell_are_left_out_in_all_tiles_of_a_zoom(string table)
    {
        using var client = fixture.Host().Owner();
        Assert.Equal(Enumerable.Range(8, 13), Ids(await client.MvtAsync($"/v3/maps/main/table/0/0/0?name={table}")));
        // Half a degree at twice the resolution, and a zoom deeper.
        Assert.Equal(Enumerable.Range(4, 17), Ids(await client.MvtAsync($"/v3/maps/main/table/0/0/0?name={table}&tileResolution=1")));
        var deeper = new HashSet<int>();
        foreach (var tile in (string[])["1/0/0", "1/0/1", "1/1/0", "1/1/1"]) deeper.UnionWith(Ids(await client.MvtAsync($"/v3/maps/main/table/{tile}?name={table}")));
        Assert.Equal(Enumerable.Range(4, 17), deeper.Order());
    }

    [Fact]
    public async Task Points_among_shapes_are_no_specks()
    {
        using var client = fixture.Host().Owner();
        Assert.Equal([1, 3], Ids(await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.mixed")));
    }

    [Fact]
    public async Task Outlines_keep_their_area_with_a_fraction_of_the_vertices()
    {
        using var client = fixture.Host().Owner();
        using var whole = fixture.Host(Off).Owner();
        var simple = Assert.Single(await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.rounds"));
        var full = Assert.Single(await whole.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.rounds"));
        Assert.True(simple.Parts[0].Length * 2 < full.Parts[0].Length, $"{simple.Parts[0].Length} of {full.Parts[0].Length} vertices");
        Assert.Equal(Area(full.Parts[0]), Area(simple.Parts[0]), Area(full.Parts[0]) * 0.02);
    }

    [Theory]
    [InlineData("0.5", 10)]
    [InlineData("0.25", 5)]
    [InlineData("4", 40)]
    public async Task Of_too_many_lines_the_longest_stay(string resolution, int most)
    {
        using var client = fixture.Host(("MapsApi:MaxLines", "10")).Owner();
        using var response = await client.AskAsync($"/v3/maps/main/table/0/0/0?name=demo.paths&formatTiles=mvt&tileResolution={resolution}");
        var features = MvtReader.Read(await response.Content.ReadAsByteArrayAsync())[0].Features;
        Assert.Equal(Enumerable.Range(62 - most, most), Ids(features));
        Assert.Equal((60 - most).ToString(CultureInfo.InvariantCulture), Assert.Single(response.Headers.GetValues("X-Carto-Tile-Dropped")));
    }

    [Fact]
    public async Task Off_everything_that_the_grid_can_show_is_there()
    {
        using var client = fixture.Host(Off, ("MapsApi:MaxLines", "10")).Owner();
        Assert.Equal(60, (await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.paths")).Count);
    }

    private static IEnumerable<int> Ids(IReadOnlyList<MvtFeature> features) => features.Select(feature => (int)(ulong)feature.Properties["id"]).Order();

    private static double Area((int X, int Y)[] ring) =>
        Math.Abs(ring.Select((point, i) => (Point: point, Next: ring[(i + 1) % ring.Length])).Sum(edge => (double)edge.Point.X * edge.Next.Y - (double)edge.Next.X * edge.Point.Y)) / 2;
}
