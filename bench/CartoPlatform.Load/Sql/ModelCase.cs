namespace CartoPlatform.Load.Sql;

/// <summary>A widget model, and the SQL that one would write by hand for the same numbers.</summary>
/// <param name="Model">Its name in the address.</param>
/// <param name="Params">JSON.</param>
/// <param name="Sql">With <c>{where}</c> where the viewport stands.</param>
internal sealed record ModelCase(string Model, string Params, string Sql)
{
    public const string Table = "public.load_million";

    public const string CreateSql = $"""
        CREATE TABLE {Table} AS
        SELECT i AS id, 'category ' || (i * 7919::bigint) % 100 AS category, ((i * 0.37) % 1000)::float8 AS amount, timestamptz '2020-01-01' + i * interval '1 minute' AS at,
            ST_Point(((i * 0.6180339887) % 1)::float8 * 360 - 180, ((i * 0.7548776662) % 1)::float8 * 170 - 85, 4326)::geometry(Point, 4326) AS geom
        FROM generate_series(1, 1000000) AS i;
        CREATE INDEX ON {Table} USING gist (geom);
        VACUUM ANALYZE {Table}
        """;

    /// <summary>Some 2 % of the rows.</summary>
    public const string Viewport = """{"geom": {"type": "Polygon", "coordinates": [[[-10, 35], [30, 35], [30, 65], [-10, 65], [-10, 35]]]}}""";

    public const string ViewportSql = "WHERE ST_Intersects(geom, ST_MakeEnvelope(-10, 35, 30, 65, 4326))";

    public static readonly IReadOnlyList<ModelCase> All =
    [
        new("formula", """{"column": "amount", "operation": "avg"}""", $"SELECT avg(amount) FROM {Table} {{where}}"),
        new("category", """{"column": "category", "operation": "sum", "operationColumn": "amount"}""",
            $"SELECT category, sum(amount) FROM {Table} {{where}} GROUP BY 1 ORDER BY 2 DESC, 1"),
        new("histogram", """{"column": "amount", "operation": "count", "ticks": [100, 200, 300, 400, 500, 600, 700, 800, 900]}""",
            $"SELECT width_bucket(amount, ARRAY[100, 200, 300, 400, 500, 600, 700, 800, 900]::float8[]), count(*) FROM {Table} {{where}} GROUP BY 1 ORDER BY 1"),
        new("range", """{"column": "amount"}""", $"SELECT min(amount), max(amount) FROM {Table} {{where}}"),
        new("timeseries", """{"column": "at", "stepSize": "month", "operation": "sum", "operationColumn": "amount"}""",
            $"SELECT date_trunc('month', at, 'UTC'), sum(amount) FROM {Table} {{where}} GROUP BY 1 ORDER BY 1"),
        new("table", """{"column": ["id", "category", "amount"], "sortBy": "amount", "sortDirection": "desc", "limit": 10}""",
            $"SELECT id, category, amount, count(*) OVER () FROM {Table} {{where}} ORDER BY amount DESC, id LIMIT 10"),
        new("scatterplot", """{"xAxisColumn": "amount", "yAxisColumn": "id", "limit": 500}""",
            $"SELECT amount, id FROM {Table} {{where}} LIMIT 500"),
        new("aggregations", """{"aggregations": [{"column": "amount", "operation": "sum", "alias": "a"}, {"column": "*", "operation": "count", "alias": "n"}]}""",
            $"SELECT sum(amount), count(*) FROM {Table} {{where}}"),
    ];

    public string BareSql(bool inViewport) => Sql.Replace("{where}", inViewport ? ViewportSql : "", StringComparison.Ordinal);

    public string Address(string connection, bool inViewport) =>
        $"/v3/sql/{connection}/model/{Model}?type=table&source={Table}&params={Uri.EscapeDataString(Params)}"
        + (inViewport ? $"&spatialFilters={Uri.EscapeDataString(Viewport)}" : "");
}
