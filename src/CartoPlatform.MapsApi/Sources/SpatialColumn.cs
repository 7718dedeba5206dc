using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>The column that a map draws, with what its type and, where the type says nothing, its first row tell.</summary>
/// <param name="Reference">The column, and how SQL refers to it.</param>
/// <param name="Srid">Never 0: data without a reference system is taken as WGS84 (contract, section 16).</param>
/// <param name="GeometryType">As PostGIS writes it, upper case; null where types may mix.</param>
/// <param name="FirstType">Type of the first row, where the column's own is not declared; null without rows.</param>
internal sealed record SpatialColumn(ColumnReference Reference, int Srid, string? GeometryType, string? FirstType)
{
    public const int Wgs84 = 4326;
    public const int WebMercator = 3857;

    private static readonly string[] CurveTypes = ["CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE"];

    public Column Column => Reference.Column;

    /// <summary>The column in SQL, of type geometry.</summary>
    public string Sql => Column.Kind == ColumnKind.Geography ? $"{RawSql}::geometry" : RawSql;

    /// <summary>The column in SQL as it is: conditions on it can use its index.</summary>
    public string RawSql => Reference.Sql;

    /// <summary>The geometry in WGS84 or Web Mercator, which is what encoders take; other systems go through PROJ, row by row.</summary>
    public string EncodableSql
    {
        get
        {
            var straight = HoldsCurves ? $"ST_CurveToLine({Sql})" : Sql;
            return Srid is Wgs84 or WebMercator ? straight : $"ST_Transform({straight}, {Wgs84})";
        }
    }

    /// <summary>The geometry in degrees.</summary>
    public string DegreesSql => Srid == WebMercator ? $"ST_Transform({Sql}, {Wgs84})" : EncodableSql;

    /// <summary>West to east, at the least: from the box that stands in front of a geometry, which need not be read for it.</summary>
    public string WidthSql => $"(ST_XMax({Sql}::box2d) - ST_XMin({Sql}::box2d))";

    /// <summary>South to north, at the least.</summary>
    public string HeightSql => $"(ST_YMax({Sql}::box2d) - ST_YMin({Sql}::box2d))";

    /// <summary>Points, as far as is known: each is sent in exactly one tile, without a buffer.</summary>
    public bool IsPoints => Flat(GeometryType ?? FirstType) is "POINT" or "MULTIPOINT";

    /// <summary>What TileJSON calls the geometry; null where types mix and there is no row to judge by.</summary>
    public string? DisplayType => Flat(GeometryType ?? FirstType) switch
    {
        "POINT" or "MULTIPOINT" => "Point",
        "LINESTRING" or "CIRCULARSTRING" or "COMPOUNDCURVE" => "LineString",
        "MULTILINESTRING" or "MULTICURVE" => "MultiLineString",
        "POLYGON" or "CURVEPOLYGON" or "TRIANGLE" => "Polygon",
        "MULTIPOLYGON" or "MULTISURFACE" or "TIN" or "POLYHEDRALSURFACE" => "MultiPolygon",
        _ => null,
    };

    /// <summary>Whether all rows are shapes of one kind, in a system that tiles are made from without PROJ, as they are stored.</summary>
    public bool CanBeWarm => Column is { Kind: ColumnKind.Geometry, Srid: Wgs84 or WebMercator }
        && (Column.GeometryType == "POINT" || Flat(Column.GeometryType) is "LINESTRING" or "MULTILINESTRING" or "POLYGON" or "MULTIPOLYGON");

    private bool HoldsCurves => GeometryType is null || CurveTypes.Contains(Flat(GeometryType));

    // POINTZ, POINTM and POINTZM are points.
    private static string? Flat(string? type) => type?.TrimEnd('M').TrimEnd('Z');
}
