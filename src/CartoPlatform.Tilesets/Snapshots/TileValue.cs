using CartoPlatform.Tiles;

namespace CartoPlatform.Tilesets.Snapshots;

/// <summary>What becomes of a column's values in tiles: the same as in tiles that are made on the fly.</summary>
internal sealed record TileValue(string Name, string Sql, TileValueKind Kind)
{
    public TileColumn ToColumn() => new(Name, Kind is TileValueKind.Integer or TileValueKind.Number ? TileColumnKind.Number : TileColumnKind.Text);

    public string StatisticsType => Kind switch
    {
        TileValueKind.Integer or TileValueKind.Number => "Number",
        TileValueKind.Boolean => "Boolean",
        TileValueKind.Time => "Timestamp",
        _ => "String",
    };

    /// <param name="name">Of the property.</param>
    /// <param name="type">Name of the type in <c>pg_type</c>.</param>
    /// <param name="sql">The value.</param>
    public static TileValue From(string name, string type, string sql) => type switch
    {
        "int2" or "int4" or "int8" => new(name, $"({sql})::int8", TileValueKind.Integer),
        "float4" or "float8" => new(name, $"CASE WHEN {sql} NOT IN ('NaN', 'Infinity', '-Infinity') THEN {sql} END::float8", TileValueKind.Number),
        "numeric" => new(name, $"CASE WHEN abs({sql}) BETWEEN 1e-300 AND 1e300 THEN ({sql})::float8 WHEN abs({sql}) < 1e-300 THEN 0 END", TileValueKind.Number),
        "bool" => new(name, $"({sql})::bool", TileValueKind.Boolean),
        "date" => new(name, $"CASE WHEN isfinite({sql}) THEN ({sql})::text END", TileValueKind.Time),
        "timestamp" => new(name, Iso($"({sql})"), TileValueKind.Time),
        "timestamptz" => new(name, Iso($"(({sql}) AT TIME ZONE 'UTC')"), TileValueKind.Time),
        _ when type.StartsWith('_') => new(name, $"array_to_json({sql})::text", TileValueKind.Text),
        // Of these two a cast to text is not what rows have.
        "bpchar" => new(name, $"pg_catalog.textin(pg_catalog.bpcharout({sql}))", TileValueKind.Text),
        "inet" => new(name, $"pg_catalog.abbrev({sql})", TileValueKind.Text),
        _ => new(name, $"({sql})::text", TileValueKind.Text),
    };

    private static string Iso(string utc) => $"CASE WHEN isfinite({utc}) THEN replace({utc}::text, ' ', 'T') || 'Z' END";
}

internal enum TileValueKind
{
    Integer,
    Number,
    Boolean,
    Time,
    Text,
}
