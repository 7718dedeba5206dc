using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Tests.Cells;

/// <summary>Cells made of points on the fly, against the same arithmetic in this process.</summary>
public sealed class PointCellTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    private static readonly (double Longitude, double Latitude)[] Places =
    [
        .. Enumerable.Range(0, 200).Select(i => (i * 37.77 % 360 - 180, i * 23.3 % 178 - 89)),
        .. Enumerable.Range(0, 100).Select(i => (-56.2 + i * 0.001, -34.9 + i * 0.0005)),
        (180, 0), (-180, 0), (0, 90), (0, -90), (12, 89.99), (0, 0),
    ];

    [Theory]
    [InlineData("h3", "geometry(Point, 4326)", "SRID=4326;", 4)]
    [InlineData("h3", "geometry", "", 1)]
    [InlineData("h3", "geography", "", 2)]
    [InlineData("quadbin", "geometry(Point, 4326)", "SRID=4326;", 6)]
    [InlineData("quadbin", "geometry(MultiPoint, 4326)", "SRID=4326;", 1)]
    [InlineData("quadbin", "geography", "", 2)]
    public async Task Cells_of_all_tiles_are_the_points_of_the_table(string name, string type, string srid, int level)
    {
        var scheme = CellsClient.Scheme(name);
        var table = $"demo.points_{name}_{level}_{type.Length}";
        var shape = type.Contains("Multi", StringComparison.Ordinal) ? "MULTIPOINT" : "POINT";
        await fixture.Database.ExecuteAsync($"CREATE TABLE {table} (geom {type}, n int); INSERT INTO {table} VALUES (NULL, 1), "
            + string.Join(", ", Places.Select((place, i) => string.Create(CultureInfo.InvariantCulture, $"('{srid}{shape}({place.Longitude:R} {place.Latitude:R})', {i})"))));
        await AssertCellsAsync(scheme, CellsClient.Url("table", table, name, "geom", "sum(n) AS total, count(*) AS n", level), level);
    }

    [Theory]
    [InlineData("h3")]
    [InlineData("quadbin")]
    public async Task Points_of_another_system_are_where_they_are(string name)
    {
        var scheme = CellsClient.Scheme(name);
        const string Query = "SELECT ST_Transform(ST_SetSRID(ST_Point(-56.2 + i * 0.01, -34.9), 4326), 3857) AS geom FROM generate_series(1, 50) AS i";
        using var client = fixture.Host().Owner();
        var tile = scheme.FromDegrees(-56, -34.9, 2);
        var cells = await client.CellsAsync(CellsClient.Url("query", Query, name, "geom", "count(*) AS n", 1), scheme, tile);
        var expected = Enumerable.Range(1, 50).Select(i => scheme.FromDegrees(-56.2 + i * 0.01, -34.9, 3)).Where(cell => scheme.Parent(cell, 2) == tile);
        Assert.Equal(expected.GroupBy(cell => cell).ToDictionary(group => group.Key, group => (double)group.Count()).OrderBy(pair => pair.Key),
            cells.ToDictionary(cell => cell.Cell, cell => (double)cell.Properties["n"]).OrderBy(pair => pair.Key));
    }

    [Theory]
    [InlineData("h3", "POINT(NaN 1)")]
    [InlineData("h3", "POINT(Infinity 1)")]
    [InlineData("h3", "POINT EMPTY")]
    [InlineData("h3", "LINESTRING(0 0, 1 1)")]
    [InlineData("h3", "POINT(0 91)")]
    [InlineData("quadbin", "POINT(NaN 1)")]
    [InlineData("quadbin", "POINT(1 -Infinity)")]
    [InlineData("quadbin", "POINT EMPTY")]
    [InlineData("quadbin", "POLYGON((0 0, 1 0, 1 1, 0 0))")]
    [InlineData("quadbin", "POINT(181 0)")]
    public async Task Rows_without_a_place_in_the_world_are_left_out(string name, string geometry)
    {
        var scheme = CellsClient.Scheme(name);
        var bad = geometry.Contains("NaN", StringComparison.Ordinal) || geometry.Contains("Infinity", StringComparison.Ordinal)
            ? $"ST_Point({string.Join(", ", geometry["POINT(".Length..^1].Split(' ').Select(number => $"'{number}'::float8"))})"
            : $"ST_GeomFromText('{geometry}')";
        using var client = fixture.Host().Owner();
        var url = CellsClient.Url("query", $"SELECT ST_Point(0.5, 0.5)::geometry AS geom UNION ALL SELECT {bad}", name, "geom", "count(*) AS n", 2);
        var cell = Assert.Single(await client.CellsAsync(url, scheme, scheme.FromDegrees(0.5, 0.5, 0)));
        Assert.Equal((scheme.FromDegrees(0.5, 0.5, 2), 1.0), (cell.Cell, (double)cell.Properties["n"]));
    }

    [Theory]
    [InlineData("h3", 15)]
    [InlineData("quadbin", 26)]
    public async Task Tiles_of_points_go_to_the_finest_resolution(string name, int finest)
    {
        var scheme = CellsClient.Scheme(name);
        using var client = fixture.Host().Owner();
        var url = CellsClient.Url("query", "SELECT ST_Point(12.34567, 56.789)::geometry AS geom", name, "geom", "count(*) AS n", 2);
        Assert.Equal(finest - 2, (await client.TileJsonAsync(url)).GetProperty("maxresolution").GetInt32());
        for (var resolution = 0; resolution <= finest; resolution++)
        {
            var cell = Assert.Single(await client.CellsAsync(url, scheme, scheme.FromDegrees(12.34567, 56.789, resolution)));
            Assert.Equal(scheme.FromDegrees(12.34567, 56.789, Math.Min(resolution + 2, finest)), cell.Cell);
        }
    }

    private async Task AssertCellsAsync(CellScheme scheme, string url, int level)
    {
        using var client = fixture.Host().Owner();
        foreach (var resolution in (int[])[0, 3, 8])
        {
            var cells = Places.Select((place, i) => (Cell: scheme.FromDegrees(place.Longitude, place.Latitude, resolution + level), N: i)).ToList();
            var found = new Dictionary<long, (double, double)>();
            foreach (var tile in cells.Select(pair => scheme.Parent(pair.Cell, resolution)).Distinct().Take(resolution == 0 ? 200 : 40))
            {
                foreach (var (cell, properties) in await client.CellsAsync(url, scheme, tile)) found.Add(cell, ((double)properties["total"], (double)properties["n"]));
            }

            var tiles = found.Keys.Select(cell => scheme.Parent(cell, resolution)).ToHashSet();
            var expected = cells.Where(pair => tiles.Contains(scheme.Parent(pair.Cell, resolution))).GroupBy(pair => pair.Cell)
                .ToDictionary(group => group.Key, group => ((double)group.Sum(pair => pair.N), (double)group.Count()));
            Assert.Equal(expected.OrderBy(pair => pair.Key), found.OrderBy(pair => pair.Key));
            if (resolution == 0) Assert.Equal(Places.Length, found.Values.Sum(value => value.Item2));
        }
    }
}
