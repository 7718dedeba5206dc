using System.Globalization;
using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Features;

/// <summary>
/// <c>_carto_feature_id</c>: a text that a feature of a tile has, and that is made anew from the geometry whenever it is asked for
/// (contract, section 6.5). Of a single point it names the cell of the grid in which tiles of a zoom and resolution tell points apart
/// (<c>level/x/y</c> of the square of Web Mercator); of everything else it is a hash, the same for equal geometries at every zoom.
/// </summary>
public static class FeatureIdSql
{
    public const string ColumnName = "_carto_feature_id";

    private const string MaxLatitude = "85.0511287798066";

    // Of tiles of zoom 30 at resolution 4.
    private const int MaxLevel = 41;

    /// <summary>Level of the cells of points: eight below the tile, one more for each doubling of the resolution (contract, section 6.2).</summary>
    /// <param name="zoom">Of the tile.</param>
    /// <param name="tileResolution">0.25, 0.5, 1, 2 or 4.</param>
    public static int PointLevel(int zoom, double tileResolution) => zoom + 8 + (int)Math.Log2(tileResolution) + 1;

    /// <summary>The level that the id of a point names; null for other ids.</summary>
    public static int? LevelOf(string id)
    {
        var parts = id.Split('/');
        // A cell's numbers go beyond 32 bits where its level does.
        return parts.Length == 3 && parts.All(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            && long.Parse(parts[0], CultureInfo.InvariantCulture) is <= MaxLevel and var level ? (int)level : null;
    }

    /// <summary>The id of points; null for rows that are none.</summary>
    public static string OfPoints(ColumnReference column, int level)
    {
        var side = (1L << level).ToString(CultureInfo.InvariantCulture);
        var x = Cell("(least(greatest(ST_X(p), -180), 180) + 180) / 360", side);
        var y = Cell($"0.5 - ln(tan(pi() / 4 + radians(least(greatest(ST_Y(p), -{MaxLatitude}), {MaxLatitude})) / 2)) / (2 * pi())", side);
        return $"(SELECT '{level}/' || {x} || '/' || {y} FROM (VALUES ({InDegrees(Geometry(column))})) AS v(p) WHERE GeometryType(p) = 'POINT' AND NOT ST_IsEmpty(p))";
    }

    /// <summary>The id of everything else.</summary>
    public static string OfShapes(ColumnReference column) =>
        $"CASE WHEN GeometryType({Geometry(column)}) <> 'POINT' THEN {Hash(column)} END";

    /// <summary>The id of any row in a tile of points of this level.</summary>
    public static string Of(ColumnReference column, int level) =>
        $"CASE WHEN GeometryType({Geometry(column)}) = 'POINT' THEN {OfPoints(column, level)} ELSE {Hash(column)} END";

    private static string Hash(ColumnReference column) => $"md5(ST_AsEWKB({Geometry(column)}))";

    private static string Geometry(ColumnReference column) =>
        column.Column.Kind == ColumnKind.Geography ? $"{column.Sql}::geometry" : column.Sql;

    private static string Cell(string share, string side) => $"least(greatest(floor(({share}) * {side}), 0), {side} - 1)::int8";

    private static string InDegrees(string geometry) =>
        $"CASE WHEN ST_SRID({geometry}) IN (0, 4326) THEN {geometry} ELSE ST_Transform({geometry}, 4326) END";
}
