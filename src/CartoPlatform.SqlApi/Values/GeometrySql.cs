using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Types;

namespace CartoPlatform.SqlApi.Values;

/// <summary>SQL that brings geometry to what <see cref="GeoJsonFormat"/> writes: longitude and latitude, straight lines.</summary>
internal static class GeometrySql
{
    public const int Wgs84 = 4326;

    // Known by their first bytes. To look for arcs PostGIS makes an object of all of a geometry, which takes as long as to send it.
    private const string StraightTypes = "'POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON'";

    /// <summary>
    /// The geometry unless it needs a change. SRID 0 is taken as WGS84 (contract, section 16).
    /// </summary>
    /// <param name="expression">Geometry or geography.</param>
    /// <param name="type">Its type, which tells where PostGIS lives: that schema need not be in the search path.</param>
    public static string ToWgs84(string expression, PostgresTypeInfo type)
    {
        var schema = SqlIdentifier.Quote(type.Schema);
        var geometry = type.Name == "geography" ? $"{expression}::{schema}.geometry" : expression;
        var isStraight = $"{schema}.GeometryType({geometry}) IN ({StraightTypes}) OR NOT {schema}.ST_HasArc({geometry})";
        var straight = $"CASE WHEN {isStraight} THEN {geometry} ELSE {schema}.ST_CurveToLine({geometry}) END";
        return $"CASE WHEN {schema}.ST_SRID({geometry}) = {Wgs84} OR {schema}.ST_SRID({geometry}) = 0 THEN {straight} ELSE {schema}.ST_Transform({straight}, {Wgs84}) END";
    }

    public static string ToWgs84Array(string expression, PostgresTypeInfo element) =>
        $"CASE WHEN {expression} IS NOT NULL THEN ARRAY(SELECT {ToWgs84("g", element)} FROM pg_catalog.unnest({expression}) AS g) END";
}
