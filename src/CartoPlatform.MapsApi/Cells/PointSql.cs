using CartoPlatform.MapsApi.Sources;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>The points of a source as entries of FROM, each value evaluated once a row: OFFSET 0 keeps the planner from repeating it.</summary>
internal static class PointSql
{
    /// <summary>The source, and <c>d.lon</c> and <c>d.lat</c> of its points; null where there is none or it is not in the world.</summary>
    public static string From(MapSource source)
    {
        var degrees = source.Spatial.DegreesSql;
        // Of several points the middle counts; lines and polygons among points are no points.
        var point = source.Spatial.GeometryType == "POINT" ? degrees : $"CASE WHEN ST_Dimension({source.Spatial.Sql}) = 0 THEN ST_Centroid({degrees}) END";
        return $"""
            {source.FromSql}
            CROSS JOIN LATERAL (SELECT {point} OFFSET 0) AS p(point)
            CROSS JOIN LATERAL (SELECT ST_X(p.point), ST_Y(p.point) OFFSET 0) AS r(lon, lat)
            CROSS JOIN LATERAL (SELECT CASE WHEN r.lat BETWEEN -90 AND 90 THEN r.lon END, CASE WHEN r.lon BETWEEN -180 AND 180 THEN r.lat END OFFSET 0) AS d(lon, lat)
            """;
    }
}
