using System.Globalization;
using System.Text.Json;
using CartoPlatform.SqlApi.Tests.Hosting;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.SqlApi.Tests.Stats;

/// <summary>The box around columns of cells.</summary>
public sealed class CellExtentTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private static readonly long[] Hexagons =
        [.. new[] { (2.17, 41.38), (2.6, 41.9), (-3.7, 40.4) }.Select(place => CellScheme.H3.FromDegrees(place.Item1, place.Item2, 8))];

    private StatsClient Client => new(fixture.Host.Caller);

    public Task InitializeAsync()
    {
        var texts = string.Join(", ", Hexagons.Select((cell, index) => $"({index}, {cell}, '{CellScheme.H3.ToText(cell).ToUpperInvariant()}')"));
        return fixture.Database.ExecuteAsync(
            $"""
            DROP SCHEMA IF EXISTS cells CASCADE;
            CREATE SCHEMA cells;
            CREATE TABLE cells.hexagon (id int, number bigint, h3 text);
            INSERT INTO cells.hexagon VALUES {texts}, (100, NULL, NULL), (101, 0, 'no cell'), (102, -1, '');
            CREATE TABLE cells.square (quadbin numeric);
            INSERT INTO cells.square VALUES ({Quadbin(500, 300, 10)}), ({Quadbin(519, 309, 10)}), (1.5), (1e300), ('NaN'), (NULL);
            CREATE TABLE cells.worldwide (number bigint);
            INSERT INTO cells.worldwide VALUES ({CellScheme.H3.FromDegrees(179.99, 10, 3)});
            CREATE TABLE cells.many (number bigint);
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("number", "spatialDataType=h3")]
    [InlineData("h3", "spatialDataType=h3&filters={}")]
    [InlineData("undefined", "spatialDataType=H3")]
    public async Task Hexagons_reach_to_their_corners(string column, string parameters)
    {
        var (west, south, east, north) = Corners(Hexagons);
        ExtentTests.AssertExtent(await Client.StatsAsync("cells.hexagon", column, parameters), west, south, east, north);
    }

    [Fact]
    public async Task Filters_narrow_it()
    {
        var (west, south, east, north) = Corners(Hexagons[..1]);
        var stats = await Client.StatsAsync("cells.hexagon", "h3", "spatialDataType=h3&filters={\"id\":{\"in\":{\"values\":[0, 101]}}}");
        ExtentTests.AssertExtent(stats, west, south, east, north);

        var nothing = await Client.StatsAsync("cells.hexagon", "h3", "spatialDataType=h3&filters={\"id\":{\"in\":{\"values\":[101]}}}");
        Assert.Equal(JsonValueKind.Null, nothing.GetProperty("extent").GetProperty("xmin").ValueKind);
        Assert.Equal(JsonValueKind.Null, (await Client.StatsAsync("cells.many", "number", "spatialDataType=h3")).GetProperty("extent").GetProperty("ymax").ValueKind);
    }

    [Fact]
    public async Task Squares_are_tiles() => ExtentTests.AssertExtent(
        await Client.StatsAsync("cells.square", "quadbin", "spatialDataType=quadbin"), Longitude(500, 10), Latitude(310, 10), Longitude(520, 10), Latitude(300, 10));

    [Fact]
    public async Task Query_of_cells_has_an_extent_and_one_across_the_date_line_is_as_wide_as_the_world()
    {
        var answer = StatsClient.Found(await Client.OfQueryAsync("SELECT number AS c FROM cells.worldwide WHERE $1", "c", "spatialDataType=h3&queryParameters=[true]"));
        Assert.Equal((-180.0, 180.0), (answer.GetProperty("extent").GetProperty("xmin").GetDouble(), answer.GetProperty("extent").GetProperty("xmax").GetDouble()));
    }

    [Fact]
    public async Task More_cells_than_are_read_are_measured_by_their_parents_and_marked()
    {
        var squares = string.Join(", ", Enumerable.Range(0, 60_000).Select(index => $"({Quadbin(2000 + index % 300, 1500 + index / 300, 12)})"));
        await fixture.Database.ExecuteAsync($"CREATE TABLE cells.grid (number bigint); INSERT INTO cells.grid VALUES {squares}");
        var stats = await Client.StatsAsync("cells.grid", "number", "spatialDataType=quadbin");

        Assert.True(stats.GetProperty("estimated").GetBoolean());
        // Tiles of zoom 10 begin at every fourth of zoom 12.
        ExtentTests.AssertExtent(stats, Longitude(2000, 12), Latitude(1700, 12), Longitude(2300, 12), Latitude(1500, 12));
    }

    private static string Quadbin(int x, int y, int z) =>
        CellScheme.Quadbin.FromDegrees(Longitude(x + 0.5, z), Latitude(y + 0.5, z), z).ToString(CultureInfo.InvariantCulture);

    private static double Longitude(double x, int z) => x / (1 << z) * 360 - 180;

    private static double Latitude(double y, int z) => double.RadiansToDegrees(Math.Atan(Math.Sinh(Math.PI * (1 - 2 * y / (1 << z)))));

    private static (double West, double South, double East, double North) Corners(IEnumerable<long> cells)
    {
        var all = new List<LonLat>();
        foreach (var cell in cells)
        {
            var corners = new LonLat[CellScheme.H3.MaxCorners];
            all.AddRange(corners[..CellScheme.H3.Boundary(cell, corners)]);
        }

        return (all.Min(corner => corner.Longitude), all.Min(corner => corner.Latitude), all.Max(corner => corner.Longitude), all.Max(corner => corner.Latitude));
    }
}
