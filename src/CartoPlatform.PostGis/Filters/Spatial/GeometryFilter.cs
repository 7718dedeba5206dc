using System.Text.Json;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>
/// Polygons on columns of geometry and geography. Edges are straight in degrees: what a user sees on a map, whatever the column's
/// reference system. It is the polygon that is brought to that system, so that the column's index counts.
/// </summary>
internal sealed class GeometryFilter(FirstGeometries firstGeometries)
{
    private const int Wgs84 = 4326;
    private const string Nothing = "false";

    // A polygon on the sphere that is larger cannot be told from its complement; then its index would not help much anyway.
    private const double MaxGeographyDegrees = 45;

    public async ValueTask<(string? Sql, ApiError? Error)> CompileAsync(
        JsonElement filter, ColumnReference column, DatabasePool pool, RowSource rows, SqlParameterList parameters, CancellationToken cancellationToken)
    {
        if (!column.Column.IsSpatial) return (null, ApiError.BadRequest($"The column {column.Column.Name} holds no geometry"));
        if (FilterPolygon.Read(filter, out var wrong) is not { } polygon) return (null, ApiError.BadRequest(wrong ?? ""));
        if (polygon.IsEmpty) return (Nothing, null);
        if (column.Column.Kind == ColumnKind.Geography)
        {
            var plain = await PolygonProjector.InDegreesAsync(polygon, Wgs84, pool, cancellationToken);
            return (OnGeography(polygon, plain, column, parameters), null);
        }

        // A column of no declared system is filtered as it is drawn: in the system of its first row, others left out.
        var isDeclared = column.Column.Srid > 0;
        var srid = isDeclared ? column.Column.Srid : (await firstGeometries.FindAsync(pool, rows, column, cancellationToken)).Srid;
        var projected = srid is 0 or Wgs84
            ? await PolygonProjector.InDegreesAsync(polygon, srid, pool, cancellationToken)
            : await PolygonProjector.InSystemAsync(polygon, srid, pool, cancellationToken);
        if (projected is not null) return (OnGeometry(column.Sql, Add(projected, parameters), isDeclared ? null : srid), null);

        // Beyond what the column's system can express: its rows are within, and come to the polygon one by one.
        var degrees = Add(await PolygonProjector.InDegreesAsync(polygon, Wgs84, pool, cancellationToken), parameters);
        return ($"CASE WHEN ST_SRID({column.Sql}) = {srid} THEN ST_Intersects(ST_Transform({column.Sql}, {Wgs84}), {degrees}) ELSE false END", null);
    }

    /// <param name="column">The column in SQL.</param>
    /// <param name="polygon">The polygon in SQL.</param>
    /// <param name="onlySrid">Rows of another system are left out, where the column's type lets them in: PostGIS fails on a mixture.</param>
    private static string OnGeometry(string column, string polygon, int? onlySrid) => onlySrid is null
        ? $"ST_Intersects({column}, {polygon})"
        : $"({column} && {polygon} AND CASE WHEN ST_SRID({column}) = {onlySrid} THEN ST_Intersects({column}, {polygon}) ELSE false END)";

    private static string OnGeography(FilterPolygon polygon, byte[] plain, ColumnReference column, SqlParameterList parameters)
    {
        var exact = $"ST_Intersects({column.Sql}::geometry, {Add(plain, parameters)})";
        if (Math.Max(polygon.East - polygon.West, polygon.North - polygon.South) > MaxGeographyDegrees) return exact;

        // Edges on the sphere are great circles: a vertex every quarter of a degree keeps them within the margin.
        var box = Add(polygon.ToEwkb(), parameters);
        return $"({column.Sql} && ST_Segmentize(ST_Expand(ST_Envelope({box}), 0.001), 0.25)::geography AND {exact})";
    }

    // Sent as PostGIS's text form, it is read once, and known to the planner.
    private static string Add(byte[] ewkb, SqlParameterList parameters) =>
        $"{parameters.Add(new NpgsqlParameter { Value = Convert.ToHexString(ewkb), NpgsqlDbType = NpgsqlDbType.Unknown })}::geometry";
}
