using Npgsql;

namespace CartoPlatform.Load.Tiles;

/// <summary>Which tiles are asked for: the same in every run, as the data are.</summary>
internal static class TileLists
{
    /// <summary>What maps ask for: viewports of three by two tiles around ranked cities, at zooms 6 to 16.</summary>
    public static Task<IReadOnlyList<TilePlace>> MixAsync(NpgsqlDataSource database, int count) => ReadAsync(database, $"""
        SELECT z, (x + dx) & ((1 << z) - 1), least(greatest(y + dy, 0), (1 << z) - 1)
        FROM (SELECT rank, 6 + rank % 11 AS z, {Column("x", "(6 + rank % 11)")} AS x, {Row("y", "(6 + rank % 11)")} AS y
              FROM bench_cities WHERE rank <= {count / 6}) AS centers,
            generate_series(-1, 1) AS dx, generate_series(0, 1) AS dy
        ORDER BY rank, dy, dx
        """);

    /// <summary>Tiles of one table with so many features.</summary>
    public static Task<IReadOnlyList<TilePlace>> ByFeaturesAsync(NpgsqlDataSource database, string table, (int From, int To) zooms, (int From, int To) features, int count) =>
        ReadAsync(database, $"""
            SELECT z, x, y
            FROM (SELECT z, {Column("ST_X(p)", "z")} AS x, {Row("ST_Y(p)", "z")} AS y, count(*) AS features
                  FROM (SELECT ST_Centroid(the_geom) AS p FROM {table}) AS places, generate_series({zooms.From}, {zooms.To}) AS z
                  GROUP BY 1, 2, 3) AS tiles
            WHERE features BETWEEN {features.From} AND {features.To}
            ORDER BY md5(format('%s/%s/%s', z, x, y))
            LIMIT {count}
            """);

    /// <summary>All tiles of some zooms that a table's rows reach into.</summary>
    public static Task<IReadOnlyList<TilePlace>> CoveringAsync(NpgsqlDataSource database, string table, (int From, int To) zooms, int count) => ReadAsync(database, $"""
        SELECT z, x, y
        FROM generate_series({zooms.From}, {zooms.To}) AS z, generate_series(0, (1 << z) - 1) AS x, generate_series(0, (1 << z) - 1) AS y
        WHERE EXISTS (SELECT FROM {table} WHERE the_geom_webmercator && ST_TileEnvelope(z, x, y))
        ORDER BY md5(format('%s/%s/%s', z, x, y))
        LIMIT {count}
        """);

    private static string Column(string longitude, string zoom) => $"floor(({longitude} + 180) / 360 * (1 << {zoom}))::int";

    private static string Row(string latitude, string zoom) =>
        $"floor((0.5 - ln(tan(pi() / 4 + radians(least(greatest({latitude}, -85), 85)) / 2)) / (2 * pi())) * (1 << {zoom}))::int";

    private static async Task<IReadOnlyList<TilePlace>> ReadAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync();
        var tiles = new List<TilePlace>();
        while (await reader.ReadAsync()) tiles.Add(new TilePlace(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2)));
        return tiles;
    }
}
