using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;
using static CartoPlatform.MapsApi.Tests.Hosting.MapsClient;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>
/// Tiles made here against those that ST_AsMVT makes of the same rows, with thinning off and on the finest grid: points and attributes
/// are equal, lines lie where snapping may have put them, polygons are valid and have the area that PostGIS finds.
/// </summary>
public sealed class ReferenceTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const int Extent = 4096;
    private const int Buffer = 64;

    // How far a vertex is moved at most, half a unit in both directions, and a little for rounding.
    private const double Snapping = 0.71;

    private static readonly (string, string)[] NoThinning = [("MapsApi:PointThinning", "false"), ("MapsApi:Simplification", "false")];
    private static readonly (string, string)[] InDatabase = [("MapsApi:TileEncoder", "database")];

    public static TheoryData<string> Tiles => ["0/0/0", "1/1/0", "2/2/1", "3/4/2", "4/8/5", "5/16/10", "6/33/21", "1/0/1", "2/3/3", "3/7/3"];

    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        SELECT setseed(0.5);
        CREATE TABLE demo.fuzzed_points AS
          SELECT i AS id, (i - 2000) * 1000003::int8 AS big, (random() * 100 - 50)::float8 AS ratio, (i % 7 / 4.0)::float4 AS part, i % 2 = 0 AS flag,
                 CASE WHEN i % 5 > 0 THEN 'náme ' || i END AS name, (i % 300 / 100.0)::numeric(8, 2) AS price, timestamp '2020-01-01' + i * interval '1 hour' AS at,
                 CASE i % 20 WHEN 0 THEN ST_Point(x, y, 4326) WHEN 1 THEN ST_SetSRID(ST_MakePoint(x, y, 7), 4326) WHEN 2 THEN ST_SetSRID(ST_MakePointM(x, y, 7), 4326)
                   WHEN 3 THEN ST_SetSRID(ST_MakePoint(x, y, 7, 8), 4326) WHEN 4 THEN 'SRID=4326;POINT EMPTY' WHEN 5 THEN NULL
                   WHEN 6 THEN ST_Collect(ST_Point(x, y, 4326), ST_Point(x / 2, y / 2, 4326)) ELSE ST_Point(x, y, 4326) END AS geom
          FROM (SELECT i, CASE WHEN i % 3 = 0 THEN random() * 360 - 180 ELSE 5 + random() * 10 END AS x, CASE WHEN i % 3 = 0 THEN random() * 178 - 89 ELSE 47 + random() * 8 END AS y
                FROM generate_series(0, 4000) AS i) AS places;
        CREATE TABLE demo.fuzzed_points_metric AS SELECT id, big, ratio, name, ST_Transform(geom, 3857)::geometry(Point, 3857) AS geom FROM demo.fuzzed_points WHERE id % 20 > 6 AND abs(ST_Y(geom)) < 85;
        CREATE TABLE demo.fuzzed_points_utm AS SELECT id, big, ratio, name, ST_Transform(geom, 25832)::geometry(Point, 25832) AS geom FROM demo.fuzzed_points WHERE id % 20 > 6 AND id % 3 > 0;
        CREATE TABLE demo.fuzzed_lines AS
          SELECT i AS id, CASE i % 10 WHEN 0 THEN ST_Collect(line, ST_Translate(line, 0.5, 0.25)) WHEN 1 THEN ST_Force3D(line) WHEN 2 THEN ST_Force4D(line)
                   WHEN 3 THEN ST_MakeLine(ST_StartPoint(line), ST_StartPoint(line)) WHEN 4 THEN 'SRID=4326;LINESTRING EMPTY' ELSE line END AS geom
          FROM (SELECT i, ST_MakeLine(ST_Point(x + n * (random() * 4 - 1.9) * scale, y + n * (random() * 3 - 1.5) * scale, 4326) ORDER BY n) AS line
                FROM (SELECT i, random() * 380 - 190 AS x, random() * 172 - 86 AS y, 10 ^ (random() * 3 - 2.5) AS scale FROM generate_series(1, 600) AS i) AS starts, generate_series(0, 12) AS n
                GROUP BY i) AS walks;
        CREATE TABLE demo.fuzzed_polygons AS
          SELECT i AS id, i % 4 = 0 AS is_broken, CASE i % 4
                   WHEN 0 THEN ST_MakePolygon(ST_MakeLine(ARRAY[ST_Point(x, y, 4326), ST_Point(x + d, y + d, 4326), ST_Point(x + d, y, 4326), ST_Point(x, y + d, 4326), ST_Point(x, y, 4326)]))
                   WHEN 1 THEN ST_Buffer(ST_Point(x, y, 4326), d, 9)
                   WHEN 2 THEN ST_Difference(ST_Buffer(ST_Point(x, y, 4326), d, 5), ST_Buffer(ST_Point(x, y, 4326), d / 2, 3))
                   ELSE ST_Collect(ST_Buffer(ST_Point(x, y, 4326), d / 3, 2), ST_Buffer(ST_Point(x + d, y, 4326), d / 4, 4)) END AS geom
          FROM (SELECT i, random() * 340 - 170 AS x, random() * 150 - 75 AS y, 10 ^ (random() * 3 - 2) AS d FROM generate_series(1, 400) AS i) AS places;
        """);

    public Task DisposeAsync() =>
        fixture.Database.ExecuteAsync("DROP TABLE demo.fuzzed_points, demo.fuzzed_points_metric, demo.fuzzed_points_utm, demo.fuzzed_lines, demo.fuzzed_polygons");

    [Theory]
    [MemberData(nameof(Tiles))]
    public async Task Points_are_equal_feature_by_feature_and_attribute_by_attribute(string tile)
    {
        foreach (var table in (string[])["demo.fuzzed_points", "demo.fuzzed_points_metric", "demo.fuzzed_points_utm"])
        {
            var (own, reference) = await BothAsync($"/v3/maps/main/table/{tile}?name={table}&tileResolution=4");
            Assert.Equal(reference.SelectMany(InsideText).Order(StringComparer.Ordinal), own.SelectMany(InsideText).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Points_of_all_tiles_of_a_zoom_are_the_rows_of_the_table()
    {
        using var client = fixture.Host(NoThinning).Owner();
        var ids = new List<object>();
        for (var x = 0; x < 8; x++)
        {
            for (var y = 0; y < 8; y++)
                ids.AddRange((await client.MvtAsync($"/v3/maps/main/query/3/{x}/{y}?q={Singles}")).Select(feature => feature.Properties["id"]));
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());
        await using var count = fixture.Database.Owner.CreateCommand("SELECT count(*) FROM demo.fuzzed_points WHERE GeometryType(geom) LIKE 'POINT%' AND NOT ST_IsEmpty(geom)");
        Assert.Equal(await count.ExecuteScalarAsync(), (long)ids.Count);
    }

    // Each against the line that PostGIS has before it is snapped and cut. The reference need not have all of that: ST_AsMVTGeom leaves out
    // spikes, which lead to a vertex and back. What is nearer to the edge of the buffer than snapping reaches may be in it or not.
    [Theory]
    [MemberData(nameof(Tiles))]
    public async Task Lines_lie_within_snapping_of_the_exact_line_and_of_the_reference(string tile)
    {
        var (own, reference) = await BothAsync($"/v3/maps/main/query/{tile}?q={Escape($"SELECT id, geom FROM {LinesInWorld}")}&tileResolution=4");
        var owns = own.ToDictionary(feature => (int)(ulong)feature.Properties["id"], TileShapes.Lines);
        var references = reference.ToDictionary(feature => (int)(ulong)feature.Properties["id"], TileShapes.Lines);
        foreach (var (id, exact) in await LinesAsync(tile))
        {
            var (line, other) = (owns.GetValueOrDefault(id, TileShapes.None), references.GetValueOrDefault(id, TileShapes.None));
            AssertNear(exact, line, Snapping);
            AssertNear(line, exact, Snapping);
            AssertNear(other, line, 2 * Snapping);
            owns.Remove(id);
            references.Remove(id);

            void AssertNear(Geometry one, Geometry two, double limit)
            {
                var part = one.Intersection(TileShapes.Square(2 - Buffer, Extent + Buffer - 2));
                // What is no larger than a cell of the grid may be a line or nothing.
                if (two.IsEmpty && part.EnvelopeInternal.Diameter <= 2) return;
                var distance = TileShapes.Farthest(part, two);
                Assert.True(distance <= limit, $"{id} is {distance} units off: {one} is not {two}");
            }
        }

        Assert.Empty(owns);
        Assert.Empty(references);
    }

    [Theory]
    [MemberData(nameof(Tiles))]
    public async Task Polygons_are_valid_and_have_the_area_that_PostGIS_finds(string tile)
    {
        using var client = fixture.Host(NoThinning).Owner();
        var own = (await client.MvtAsync($"/v3/maps/main/table/{tile}?name=demo.fuzzed_polygons&tileResolution=4")).ToDictionary(feature => (int)(ulong)feature.Properties["id"], TileShapes.Polygons);
        Assert.All(own, shape => Assert.True(shape.Value.IsValid, $"{shape.Key} is not valid: {shape.Value}"));
        foreach (var (id, area, perimeter) in await AreasAsync(tile))
        {
            var shape = own.GetValueOrDefault(id, TileShapes.None);
            var difference = Math.Abs(shape.Area - area);
            Assert.True(difference <= perimeter + 1, $"The area of {id} differs by {difference} along {perimeter} units: {shape}");
        }
    }

    // Beyond 180 degrees lines go on beyond the edge of the world here, where PROJ takes each vertex to the other side; beyond the poles
    // they are drawn at them here, and cut off there (docs/api/maps.md).
    private const string LinesInWorld = "demo.fuzzed_lines WHERE geom @ ST_MakeEnvelope(-180, -90, 180, 90, 4326)";

    private static string Singles => Escape("SELECT id, geom FROM demo.fuzzed_points WHERE GeometryType(geom) LIKE 'POINT%' ORDER BY id");

    private async Task<(IReadOnlyList<MvtFeature> Own, IReadOnlyList<MvtFeature> Reference)> BothAsync(string url)
    {
        using var own = fixture.Host(NoThinning).Owner();
        using var reference = fixture.Host(InDatabase).Owner();
        return (await own.MvtAsync(url), await reference.MvtAsync(url));
    }

    // Points at the very edge belong to one tile here and to both there.
    private static IEnumerable<string> InsideText(MvtFeature feature)
    {
        var points = feature.Parts.SelectMany(part => part).Where(point => point.X is > 0 and < Extent && point.Y is > 0 and < Extent).Distinct().Order().ToArray();
        if (points.Length == 0) yield break;
        var properties = feature.Properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value} ({pair.Value.GetType().Name})"));
        yield return $"{string.Join(' ', points)}: {string.Join(", ", properties)}";
    }

    /// <summary>The lines in units of the tile, whole.</summary>
    private async Task<IReadOnlyList<(int Id, Geometry Line)>> LinesAsync(string tile)
    {
        await using var command = fixture.Database.Owner.CreateCommand($"""
            SELECT id, ST_AsBinary(ST_Affine(ST_Force2D(ST_Transform(geom, 3857)), 1 / unit, 0, 0, -1 / unit, -ST_XMin(box) / unit, ST_YMax(box) / unit))
            FROM (SELECT box, (ST_XMax(box) - ST_XMin(box)) / {Extent} AS unit FROM ST_TileEnvelope({tile.Replace('/', ',')}) AS box) AS tile, {LinesInWorld}
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<(int, Geometry)>();
        while (await reader.ReadAsync()) lines.Add((reader.GetInt32(0), new WKBReader().Read((byte[])reader[1])));
        return lines;
    }

    /// <summary>What of the polygons lies in the tile and its buffer, in units; the broken ones as even-odd has them.</summary>
    private async Task<IReadOnlyList<(int Id, double Area, double Perimeter)>> AreasAsync(string tile)
    {
        await using var command = fixture.Database.Owner.CreateCommand($"""
            SELECT id, ST_Area(part) / unit ^ 2, ST_Perimeter(part) / unit
            FROM (SELECT id, ST_Intersection(ST_Transform(ST_MakeValid(geom), 3857), ST_Expand(box, {Buffer} * unit)) AS part, unit
                  FROM demo.fuzzed_polygons, (SELECT box, (ST_XMax(box) - ST_XMin(box)) / {Extent} AS unit FROM ST_TileEnvelope({tile.Replace('/', ',')}) AS box) AS tile
                  WHERE ST_YMax(geom) < 85 AND ST_YMin(geom) > -85) AS parts
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var areas = new List<(int, double, double)>();
        while (await reader.ReadAsync()) areas.Add((reader.GetInt32(0), reader.GetDouble(1), reader.GetDouble(2)));
        return areas;
    }
}
