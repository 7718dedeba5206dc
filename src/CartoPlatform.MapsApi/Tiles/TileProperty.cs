using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Features;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// An attribute of a tile's features: the one place that says what becomes of a column's values (contract, section 16).
/// Integers up to 64 bits stay integers, exact in MVT and rounded to doubles beyond 2^53 in CARTO's binary tiles; numeric becomes a
/// double; dates and times are ISO 8601 in UTC; json and arrays are JSON text; everything else is its text. NULL, NaN and the
/// infinities are absent.
/// </summary>
internal sealed record TileProperty(string Name, string Sql, TileValueType Type)
{
    /// <summary>NULL for NaN and the infinities, which readers of rows leave out by themselves: that is quicker.</summary>
    public string FiniteSql => Type is TileValueType.Single or TileValueType.Double ? $"({ValueSql.Finite(Sql)})" : Sql;

    public const string BboxName = "_carto_bbox";

    /// <summary>How many rows a point stands for (contract, section 6.2). It is not read, but counted.</summary>
    public const string DensityName = "_carto_point_density";

    public static TileColumn Density { get; } = new(DensityName, TileColumnKind.Number);

    // Beyond these a numeric does not fit a double, and the cast would fail the whole tile.
    private const string NumericLimit = "1e300";
    private const string NumericEpsilon = "1e-300";

    public TileColumn ToColumn() => new(Name, Type is TileValueType.Boolean or TileValueType.Text ? TileColumnKind.Text : TileColumnKind.Number);

    /// <param name="source">What the tile shows.</param>
    /// <param name="zoom">Of the tile.</param>
    /// <param name="isThinned">Whether points get a density.</param>
    public static IReadOnlyList<TileProperty> Of(MapSource source, int zoom, bool isThinned)
    {
        var request = source.Request;
        var properties = source.Properties.Where(reference => !(request.FeatureBbox && reference.Column.Name == BboxName) && !(isThinned && reference.Column.Name == DensityName)).Select(From).ToList();
        if (request.FeatureBbox) properties.Add(Bbox(source.Spatial));
        if (request.FeatureId) properties.Add(FeatureId(source.Spatial.Reference, FeatureIdSql.PointLevel(zoom, request.Resolution.Value)));
        return properties;
    }

    // Each has a cast: the same text gives the same result type for ever, whatever becomes of the column, and prepared plans stay valid.
    public static TileProperty From(ColumnReference reference)
    {
        var (column, name) = reference;
        return column.Kind switch
        {
            ColumnKind.Int16 => new(column.Name, $"{name}::int4", TileValueType.Int32),
            ColumnKind.Int32 => new(column.Name, $"{name}::int4", TileValueType.Int32),
            ColumnKind.Int64 => new(column.Name, $"{name}::int8", TileValueType.Int64),
            ColumnKind.Single => new(column.Name, $"{name}::float4", TileValueType.Single),
            ColumnKind.Double => new(column.Name, $"{name}::float8", TileValueType.Double),
            ColumnKind.Numeric => new(column.Name, FiniteNumeric(name), TileValueType.Double),
            ColumnKind.Boolean => new(column.Name, $"{name}::bool", TileValueType.Boolean),
            ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone =>
                new(column.Name, ValueSql.IsoTime(column.Kind, name), TileValueType.Text),
            ColumnKind.Array => new(column.Name, $"array_to_json({name})::text", TileValueType.Text),
            _ => new(column.Name, ValueText.Sql(reference), TileValueType.Text),
        };
    }

    private static string FiniteNumeric(string name) =>
        $"CASE WHEN abs({name}) BETWEEN {NumericEpsilon} AND {NumericLimit} THEN {name}::float8 WHEN abs({name}) < {NumericEpsilon} THEN 0 END";

    private static TileProperty FeatureId(ColumnReference column, int level) =>
        new(FeatureIdSql.ColumnName, FeatureIdSql.Of(column, level), TileValueType.Text);

    /// <summary>West, south, east, north of the whole polygon, for labels that do not jump from tile to tile.</summary>
    private static TileProperty Bbox(SpatialColumn spatial)
    {
        var box = spatial.Srid == SpatialColumn.Wgs84 ? $"ST_Envelope({spatial.Sql})" : $"ST_Transform(ST_Envelope({spatial.Sql}), {SpatialColumn.Wgs84})";
        var text = $"(SELECT concat_ws(',', ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)) FROM {box} AS b)";
        return new(BboxName, $"CASE WHEN ST_Dimension({spatial.Sql}) = 2 THEN {text} END", TileValueType.Text);
    }
}

internal enum TileValueType
{
    Int32,
    Int64,
    Single,
    Double,
    Boolean,
    Text,
}
