using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.SqlApi.Values;
using Npgsql;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>The box around a column of geometry, in degrees (contract, section 9.3).</summary>
internal static class ExtentStats
{
    /// <param name="context">The column.</param>
    /// <param name="spatialSchema">Where PostGIS is.</param>
    public static StatsStatement Write(StatsContext context, string spatialSchema)
    {
        var gis = SqlIdentifier.Quote(spatialSchema);
        var exact = ExactSql(context, gis);
        return context is { IsLargeTable: true, Condition: null, Column.Column: { Kind: ColumnKind.Geometry, Srid: GeometrySql.Wgs84 } }
            ? new StatsStatement("Geometry", EstimatedSql(context, gis, exact), "extent", "estimated")
            : new StatsStatement("Geometry", $"SELECT NULL::int8, ({exact})", "extent");
    }

    // OFFSET 0 keeps the planner from writing the box, and what it takes to make it, into each place where it is used. Coordinates that
    // are no numbers, or infinite, count on neither side.
    private static string ExactSql(StatsContext context, string gis)
    {
        return $"""
            SELECT json_build_object('xmin', {Edge("min", "XMin")}, 'ymin', {Edge("min", "YMin")}, 'xmax', {Edge("max", "XMax")}, 'ymax', {Edge("max", "YMax")})
            FROM (
              SELECT {gis}.Box3D(CASE {gis}.ST_SRID(g) WHEN 4326 THEN g WHEN 0 THEN g ELSE {gis}.ST_Transform(g, 4326) END) AS b
              FROM (SELECT {context.Column.Sql}::{gis}.geometry AS g {context.From()} OFFSET 0) AS s
              OFFSET 0
            ) AS boxes
            """;

        string Edge(string aggregate, string side)
        {
            var edge = $"{gis}.ST_{side}(b)";
            return $"{aggregate}({edge}) FILTER (WHERE {edge} > '-Infinity' AND {edge} < 'Infinity')";
        }
    }

    // The box of the column's index, or of the planner's statistics; without either the rows are read after all.
    private static string EstimatedSql(StatsContext context, string gis, string exact)
    {
        var name = string.Join(", ", new[] { context.Rows.Relation!.Schema, context.Rows.Relation.Name, context.Column.Column.Name }
            .Select(part => context.Values.Add(new NpgsqlParameter<string> { TypedValue = part })));
        return $"""
            SELECT NULL::int8, coalesce(e, ({exact})), e IS NOT NULL
            FROM (
              SELECT (
                SELECT json_build_object('xmin', {gis}.ST_XMin(b), 'ymin', {gis}.ST_YMin(b), 'xmax', {gis}.ST_XMax(b), 'ymax', {gis}.ST_YMax(b))
                FROM (SELECT {gis}.ST_EstimatedExtent({name}) AS b OFFSET 0) AS known
                WHERE b IS NOT NULL
              ) AS e
              OFFSET 0
            ) AS estimate
            """;
    }
}
