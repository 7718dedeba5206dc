using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles;
using static CartoPlatform.MapsApi.Tests.Warm.WarmAsking;

namespace CartoPlatform.MapsApi.Tests.Warm;

/// <summary>Tiles of lines and polygons in memory are those of the database, byte for byte.</summary>
public sealed class WarmShapeTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    private static readonly (string, string)[] Warm = [("WarmLayers:MinUses", "1"), ("WarmLayers:MaxWordAge", "00:00:00")];
    private static readonly (string, string)[] Cold = [("WarmLayers:Enabled", "false")];

    private static int _count;

    // What is known of a table of the same name is trusted for two seconds.
    private readonly string _table = $"shapes_{Interlocked.Increment(ref _count)}";

    [Theory]
    [InlineData("Polygon, 4326", "id", "MapsApi:Simplification", "true")]
    [InlineData("MultiPolygon, 4326", "name", "MapsApi:MaxPolygons", "40")]
    [InlineData("MultiPolygonZ, 3857", "none", "MapsApi:MaxFeatures", "30")]
    [InlineData("LineString, 3857", "id", "MapsApi:MaxTileBytes", "20000")]
    [InlineData("LineStringZM, 4326", "none", "MapsApi:MaxLines", "40")]
    [InlineData("MultiLineString, 4326", "name", "MapsApi:Simplification", "false")]
    public async Task Tiles_are_those_of_the_database(string type, string key, string setting, string value)
    {
        await CreateAsync(type);
        if (key != "none") await fixture.Database.ExecuteAsync($"ALTER TABLE demo.{_table} ADD PRIMARY KEY ({key})");
        (string, string)[] settings = [(setting, value), ("MapsApi:Simplification", setting is "MapsApi:MaxFeatures" or "MapsApi:MaxTileBytes" ? "false" : "true")];
        settings = [.. settings.DistinctBy(pair => pair.Item1)];
        var host = fixture.Host([.. Warm, .. settings]);
        using var warm = host.Owner();
        using var cold = fixture.Host([.. Cold, .. settings]).Owner();
        var random = new Random(7);
        await UntilWarmAsync(host, warm, UrlOf((0, 0, 0), "mvt"));
        for (var turn = 0; turn < 40; turn++)
        {
            var url = UrlOf(TileAt(random), turn % 2 == 0 ? "mvt" : "binary") + (turn % 3 == 0 ? "&tileResolution=4" : "");
            var answered = host.WarmTiles;
            Assert.Equal(await AskAsync(cold, url), await AskAsync(warm, url, versioned: true));
            Assert.Equal(answered + 1, host.WarmTiles);
        }

        await fixture.Database.ExecuteAsync($"UPDATE demo.{_table} SET geom = NULL, name = 'new ' || name WHERE id % 3 = 0; DELETE FROM demo.{_table} WHERE id % 5 = 0");
        Assert.Equal(await AskAsync(cold, UrlOf((0, 0, 0), "mvt")), await AskAsync(warm, UrlOf((0, 0, 0), "mvt")));
    }

    [Theory]
    [InlineData("Geometry, 4326", "ST_GeomFromText('LINESTRING(0 0, 1 1)', 4326)")]
    [InlineData("GeometryCollection, 4326", "ST_Collect(ST_MakeEnvelope(1, 1, 2, 2, 4326), ST_Point(3, 3, 4326))")]
    [InlineData("MultiPoint, 4326", "ST_Multi(ST_Point(i % 50, 3, 4326))")]
    [InlineData("CurvePolygon, 4326", "ST_GeomFromText('CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0))', 4326)")]
    [InlineData("LineString, 25832", "ST_GeomFromText('LINESTRING(500000 5000000, 600000 5100000)', 25832)")]
    [InlineData("LineString, 4326", "CASE WHEN i = 9 THEN ST_GeomFromEWKB('\\x0102000020e610000002000000000000000000000000000000000000000000000000000840000000000000f87f'::bytea) ELSE ST_GeomFromText('LINESTRING(0 0, 1 1)', 4326) END")]
    public async Task What_does_not_fit_comes_from_the_database(string type, string geometry)
    {
        await fixture.Database.ExecuteAsync($"""
            CREATE TABLE demo.{_table} AS SELECT i AS id, ({geometry})::geometry({type}) AS geom FROM generate_series(1, 100) AS i;
            ANALYZE demo.{_table};
            """);
        var host = fixture.Host(Warm);
        using var warm = host.Owner();
        using var cold = fixture.Host(Cold).Owner();
        var answered = host.WarmTiles;
        for (var turn = 0; turn < 4; turn++) Assert.Equal(await AskAsync(cold, UrlOf((0, 0, 0), "mvt")), await AskAsync(warm, UrlOf((0, 0, 0), "mvt"), versioned: true));
        Assert.Equal(answered, host.WarmTiles);
    }

    // Stars and zigzags of all sizes, some with a hole, some that cross themselves, some in several parts, some huge; empty ones and nulls.
    private async Task CreateAsync(string type)
    {
        var srid = type.Split(", ")[1];
        var isMulti = type.StartsWith("Multi", StringComparison.Ordinal);
        var shape = type.Contains("Polygon", StringComparison.Ordinal)
            ? """
              CASE WHEN i % 11 = 0 THEN ST_MakePolygon(ST_ExteriorRing(star), ARRAY[ST_ExteriorRing(ST_Scale(star, ST_Point(0.5, 0.5), ST_Centroid(star)))])
                   WHEN i % 7 = 0 THEN ST_MakePolygon(ST_MakeLine(ARRAY[ST_Point(x, y), ST_Point(x + size, y + size), ST_Point(x + size, y), ST_Point(x, y + size), ST_Point(x, y)]))
                   ELSE star END
              """
            : "ST_ExteriorRing(star)";
        var several = isMulti ? $"CASE WHEN i % 4 = 0 THEN ST_Collect(shape, ST_Translate(shape, size, 0)) ELSE ST_Multi(shape) END" : "shape";
        var inSystem = srid == "4326" ? "ST_SetSRID(shapes, 4326)" : "ST_Transform(ST_SetSRID(shapes, 4326), 3857)";
        var dimensions = type.Contains("ZM", StringComparison.Ordinal) ? "ST_Force4D" : type.Contains('Z', StringComparison.Ordinal) ? "ST_Force3D" : "ST_Force2D";
        await fixture.Database.ExecuteAsync($"""
            SELECT setseed(0.5);
            CREATE TABLE demo.{_table} AS
              SELECT i AS id, 'n' || i AS name, i * 0.37 AS value,
                CASE WHEN i % 13 = 0 THEN NULL WHEN i % 17 = 0 THEN ST_GeomFromText('{type.Split(",")[0]} EMPTY', {srid}) ELSE {dimensions}({inSystem}) END::geometry({type}) AS geom
              FROM (SELECT *, {several} AS shapes FROM (SELECT *, {shape} AS shape FROM (
                SELECT *, ST_Buffer(ST_Point(x, y), size, 1 + i % 9) AS star FROM (
                  SELECT i, 10 + (random() - 0.5) * 20 ^ (random() * 1.5) AS x, 50 + (random() - 0.5) * 10 AS y, 0.01 * 1000 ^ random() AS size FROM generate_series(1, 400) AS i
                ) AS places) AS stars) AS single) AS several ORDER BY random();
            CREATE INDEX ON demo.{_table} USING gist (geom);
            ANALYZE demo.{_table};
            """);
    }

    private static (int Z, int X, int Y) TileAt(Random random)
    {
        var zoom = random.Next(14);
        var (longitude, latitude) = random.Next(4) == 0 ? (random.NextDouble() * 360 - 180, random.NextDouble() * 160 - 80) : (10 + random.NextDouble() * 4, 50 + random.NextDouble() * 2);
        return (zoom, (int)(WebMercator.WorldX(longitude) * (1 << zoom)), (int)(WebMercator.WorldY(latitude) * (1 << zoom)));
    }

    private string UrlOf((int Z, int X, int Y) tile, string format) => $"/v3/maps/main/table/{tile.Z}/{tile.X}/{tile.Y}?name=demo.{_table}&formatTiles={format}";
}
