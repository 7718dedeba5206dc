using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Load.Tiles;

/// <summary>
/// The tables that tiles are made of: each with an id, a text of its own in every row, a category and a number, and its geometry twice,
/// in degrees and in metres, both with an index. They stay until the platform goes.
/// </summary>
internal static class TileTables
{
    /// <summary>Three quarters lie around real cities, the more the larger the city is, one quarter anywhere.</summary>
    public const string Points = "bench_points";

    /// <summary>Stars of 5 to 33 vertices around real cities, one in ten with a hole.</summary>
    public const string Polygons = "bench_polygons";

    /// <summary>Walks of 10 to 200 vertices that begin in real cities.</summary>
    public const string Lines = "bench_lines";

    /// <summary>Natural Earth at 1:10 million.</summary>
    public const string Countries = "bench_countries";

    public const int PolygonRows = 200_000;
    public const int LineRows = 100_000;

    private const string Cities = "bench_cities";

    // A number from 0 to 1 that depends on the row and the purpose alone: every run has the same data.
    private const string RandomSql = """
        CREATE OR REPLACE FUNCTION bench_random(row_number bigint, purpose int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
        $$ SELECT (hashint8extended(row_number, purpose) & 9007199254740991)::float8 / 9007199254740992 $$
        """;

    private const string Attributes = "'name of ' || i AS name, 'category ' || i * 7919::bigint % 20 AS category, (i * 0.37)::float8 AS value";

    public static async Task CreateAsync(NpgsqlDataSource database)
    {
        if (await ExistsAsync(database, Cities)) return;
        await database.ExecuteAsync(RandomSql);
        await database.ExecuteAsync($"CREATE TABLE {Cities} (population bigint, x float8, y float8, name text, country text, rank serial)");
        await RealData.CopyAsync(database, "cities", $"{Cities} (population, x, y, name, country)");
        await database.ExecuteAsync($"CREATE UNIQUE INDEX ON {Cities} (rank); ANALYZE {Cities}");
    }

    public static Task CreatePointsAsync(NpgsqlDataSource database, string table, int rows) => CreateAsync(database, table, "Point", $"""
        SELECT i AS cartodb_id, {Attributes},
            CASE WHEN i % 4 = 0 THEN ST_Point(bench_random(i, 1) * 360 - 180, bench_random(i, 2) * 140 - 70, 4326)
            ELSE ST_Point(c.x + {Around(3)}, least(greatest(c.y + {Around(5)}, -84), 84), 4326) END AS g
        FROM generate_series(1, {rows}) AS i JOIN {Cities} c ON c.rank = {CityRank}
        """);

    public static Task CreatePolygonsAsync(NpgsqlDataSource database) => CreateAsync(database, Polygons, "Polygon", $"""
        SELECT i AS cartodb_id, {Attributes},
            CASE WHEN i % 10 = 0 THEN ST_MakePolygon(shell, ARRAY[ST_Reverse(ST_Translate(ST_Scale(ST_Translate(shell, -x, -y), 0.3, 0.3), x, y))]) ELSE ST_MakePolygon(shell) END AS g
        FROM (SELECT i, x, y, ST_AddPoint(line, ST_StartPoint(line)) AS shell
              FROM (SELECT i, min(x) AS x, min(y) AS y, ST_MakeLine(ST_Point(
                        x + size * (0.6 + 0.4 * bench_random(i * 64 + n, 11)) * cos(2 * pi() * n / vertices),
                        y + size * (0.6 + 0.4 * bench_random(i * 64 + n, 11)) * sin(2 * pi() * n / vertices), 4326) ORDER BY n) AS line
                    FROM (SELECT i, c.x + {Around(3)} AS x, least(greatest(c.y + {Around(5)}, -80), 80) AS y, 4 + (bench_random(i, 7) * 28)::int AS vertices,
                              0.002 + 0.02 * bench_random(i, 8) ^ 3 AS size
                          FROM generate_series(1, {PolygonRows}) AS i JOIN {Cities} c ON c.rank = {CityRank}) AS places,
                        generate_series(0, vertices - 1) AS n
                    GROUP BY i) AS rings) AS shells
        """);

    public static Task CreateLinesAsync(NpgsqlDataSource database) => CreateAsync(database, Lines, "LineString", $"""
        SELECT i AS cartodb_id, {Attributes}, line AS g
        FROM (SELECT i, ST_MakeLine(ST_Point(x, y, 4326) ORDER BY n) AS line
              FROM (SELECT i, n, sum(dx) OVER walk AS x, least(greatest(sum(dy) OVER walk, -84), 84) AS y
                    FROM (SELECT i, n, CASE WHEN n = 0 THEN c.x ELSE 0 END + (bench_random(i * 256 + n, 12) - 0.4) * 0.004 * (1 + i % 5) AS dx,
                              CASE WHEN n = 0 THEN c.y ELSE 0 END + (bench_random(i * 256 + n, 13) - 0.45) * 0.004 * (1 + i % 3) AS dy
                          FROM generate_series(1, {LineRows}) AS i JOIN {Cities} c ON c.rank = {CityRank}, generate_series(0, 9 + (bench_random(i, 7) * 190)::int) AS n) AS steps
                    WINDOW walk AS (PARTITION BY i ORDER BY n)) AS vertices
              GROUP BY i) AS walks
        """);

    public static async Task CreateCountriesAsync(NpgsqlDataSource database)
    {
        if (await ExistsAsync(database, Countries)) return;
        await database.ExecuteAsync("CREATE TABLE bench_countries_text (id int, name text, geojson text)");
        await RealData.CopyAsync(database, "countries", "bench_countries_text");
        await CreateAsync(database, Countries, "MultiPolygon", """
            SELECT id AS cartodb_id, name, left(name, 1) AS category, id * 0.37::float8 AS value, ST_Multi(ST_GeomFromGeoJSON(geojson)) AS g
            FROM bench_countries_text
            """);
    }

    public static async Task<bool> ExistsAsync(NpgsqlDataSource database, string table) =>
        await database.ScalarAsync<bool>($"SELECT to_regclass('{table}') IS NOT NULL");

    private static async Task CreateAsync(NpgsqlDataSource database, string table, string type, string select)
    {
        if (await ExistsAsync(database, table)) return;
        await Console.Error.WriteLineAsync($"Making {table}");
        await using var connection = await database.OpenConnectionAsync();
        // In metres PROJ knows no poles: there stands the part within the square of Web Mercator. Clipped as it is, Antarctica, whose ring touches itself, would
        // become the sea around it.
        foreach (var statement in (string[])[
            $"CREATE TABLE {table}_new AS SELECT cartodb_id, name, category, value, g::geometry({type}, 4326) AS the_geom, NULL::geometry({type}, 3857) AS the_geom_webmercator FROM ({select}) AS rows LIMIT 0",
            $"""
            INSERT INTO {table}_new SELECT cartodb_id, name, category, value, g, ST_Transform(CASE WHEN ST_YMin(g) < -85.05 OR ST_YMax(g) > 85.05
                THEN ST_Multi(ST_CollectionExtract(ST_ClipByBox2D(ST_MakeValid(g), ST_MakeEnvelope(-180, -85.05, 180, 85.05, 4326)), 3)) ELSE g END, 3857) FROM ({select}) AS rows
            """,
            $"ALTER TABLE {table}_new ADD PRIMARY KEY (cartodb_id)",
            $"CREATE INDEX ON {table}_new USING gist (the_geom)",
            $"CREATE INDEX ON {table}_new USING gist (the_geom_webmercator)",
            $"VACUUM ANALYZE {table}_new",
            $"ALTER TABLE {table}_new RENAME TO {table}"])
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    // The square of a random number favours the first, which are the largest.
    private static string CityRank => "1 + (bench_random(i, 9) ^ 2 * 135000)::int";

    // Most of it within a few kilometres.
    private static string Around(int purpose) => $"(bench_random(i, {purpose}) - 0.5) * 0.6 * bench_random(i, {purpose + 100})";
}
