using System.Globalization;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.MapsApi.Downloads;

/// <summary>The SQL of a download: one row of JSON text per row of the source, geometry in WGS84.</summary>
internal static class DownloadQuery
{
    // 2^53: up to here a double holds every integer, and so does JSON for most readers.
    private const string MaxExactInteger = "9007199254740992";

    // A tenth of a millimetre.
    private const string CoordinateDigits = "9";

    public static string Features(MapSource source) =>
        $$"""
        SELECT '{"type":"Feature","geometry":' || coalesce({{GeometrySql(source.Spatial)}}, 'null') || ',"properties":' || {{ObjectSql(source, withGeometry: false)}} || '}'
        FROM {{source.FromSql}} {{source.WhereSql}}
        """;

    public static string Rows(MapSource source) => $"SELECT {ObjectSql(source, withGeometry: true)} FROM {source.FromSql} {source.WhereSql}";

    private static string ObjectSql(MapSource source, bool withGeometry)
    {
        var columns = (source.GroupKeys.Count == 0 ? source.Columns : [source.Spatial.Reference, .. source.Properties]).Where(column => source.Properties.Contains(column) || (withGeometry && column == source.Spatial.Reference));
        var members = columns.Select(column => $"{ValueSql(column, source.Spatial)} AS {SqlIdentifier.Quote(column.Column.Name)}").ToArray();
        return members.Length == 0 ? "'{}'" : $"(SELECT row_to_json(p.*)::text FROM (SELECT {string.Join(", ", members)}) AS p)";
    }

    private static string ValueSql(ColumnReference reference, SpatialColumn spatial)
    {
        var (column, name) = reference;
        return column.Kind switch
        {
            ColumnKind.Geometry or ColumnKind.Geography => $"({GeometrySql(spatial)})::json",
            ColumnKind.Int64 => $"CASE WHEN {name} BETWEEN -{MaxExactInteger} AND {MaxExactInteger} THEN to_json({name}) ELSE to_json({name}::text) END",
            ColumnKind.Single or ColumnKind.Double or ColumnKind.Numeric => Sources.ValueSql.Finite(name),
            ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.TimestampWithZone => Sources.ValueSql.IsoTime(column.Kind, name),
            ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Boolean or ColumnKind.Json or ColumnKind.Array => name,
            _ => ValueText.Sql(reference),
        };
    }

    private static string GeometrySql(SpatialColumn spatial)
    {
        var geometry = spatial.EncodableSql;
        if (spatial.Srid == SpatialColumn.WebMercator) geometry = string.Create(CultureInfo.InvariantCulture, $"ST_Transform({geometry}, {SpatialColumn.Wgs84})");
        return $"ST_AsGeoJSON(ST_Force2D({geometry}), {CoordinateDigits}, 0)";
    }
}
