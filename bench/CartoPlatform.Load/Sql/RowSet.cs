namespace CartoPlatform.Load.Sql;

/// <summary>Rows to be read, made on the server and the same in every run.</summary>
/// <param name="Name">Of the table, and in the report.</param>
/// <param name="Columns">Expressions over <c>i</c>.</param>
/// <param name="PlainSelect">What a service without a form for geometry selects.</param>
internal sealed record RowSet(string Name, string Columns, string PlainSelect = "*")
{
    public const int Count = 200_000;

    public static readonly IReadOnlyList<RowSet> All =
    [
        new("narrow", "i AS id, i * 0.37::float8 AS value"),
        new(
            "wide",
            """
            i AS id, i::bigint * 1000003 AS code, i * 0.37::float8 AS x, i * 0.73::float8 AS y, (i % 10000 / 100.0)::numeric(8, 2) AS price,
            i % 3 = 0 AS flag, 'name of ' || i AS name, 'category ' || i % 50 AS category, md5(i::text) AS hash,
            'a text with "quotes" and ñ ' || i AS note, timestamptz '2020-01-01' + i * interval '7 minutes' AS at, date '2000-01-01' + i % 9000 AS day,
            i % 7 AS a, i % 11 AS b, i % 13 AS c, i % 17 AS d
            """),
        new("points", "i AS id, 'name of ' || i AS name, ST_Point(i % 360 - 180 + i / 1e6, i % 170 - 85 + i / 1e6, 4326) AS geom", "id, name, ST_AsGeoJSON(geom) AS geom"),
        new(
            "polygons",
            "i AS id, 'name of ' || i AS name, ST_Buffer(ST_Point(i % 360 - 180 + i / 1e6, i % 170 - 85 + i / 1e6, 4326), 0.01, 4) AS geom",
            "id, name, ST_AsGeoJSON(geom) AS geom"),
    ];

    private string Table => $"load_{Name}";

    public string CreateSql => $"CREATE TABLE {Table} AS SELECT {Columns} FROM generate_series(1, {Count}) AS i; VACUUM ANALYZE {Table}";

    public string Select => $"SELECT * FROM {Table}";

    public string PlainSql => $"SELECT {PlainSelect} FROM {Table}";
}
