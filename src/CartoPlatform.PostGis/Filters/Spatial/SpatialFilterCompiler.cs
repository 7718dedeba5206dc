using System.Text.Json;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>Makes a condition in SQL of the <c>spatialFilters</c> that clients send. Entries of several columns must all hold.</summary>
public sealed class SpatialFilterCompiler(FirstGeometries firstGeometries, CellResolutions cellResolutions)
{
    private readonly GeometryFilter _geometry = new(firstGeometries);
    private readonly CellFilter _cells = new(cellResolutions);

    /// <param name="filters">What the client sent.</param>
    /// <param name="pool">The database, which is asked where a polygon has to be brought to a column's reference system.</param>
    /// <param name="rows">What is filtered.</param>
    /// <param name="parameters">Where the values go, behind those it holds already.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    /// <returns>A condition in brackets, null when the filters say nothing; or what answers the request when they cannot be used.</returns>
    public async ValueTask<(string? Sql, ApiError? Error)> CompileAsync(
        SpatialFilters filters, DatabasePool pool, RowSource rows, SqlParameterList parameters, CancellationToken cancellationToken)
    {
        if (filters.Filters.ValueKind != JsonValueKind.Object) return (null, ApiError.BadRequest("spatialFilters must be a JSON object"));

        var conditions = new List<string>();
        foreach (var member in filters.Filters.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null) continue;
            if (!JsonText.TryReadName(member, out var name)) return (null, ApiError.BadRequest("A column's name in spatialFilters is not valid Unicode"));
            if (ColumnReference.Find(rows.Columns, name) is not { } column) return (null, ApiError.ColumnNotFound(name));

            var (sql, error) = await CompileAsync(member.Value, column, filters, pool, rows, parameters, cancellationToken);
            if (error is not null) return (null, error);
            if (sql is not null) conditions.Add(sql);
        }

        return (conditions.Count == 0 ? null : $"({string.Join(" AND ", conditions)})", null);
    }

    private ValueTask<(string? Sql, ApiError? Error)> CompileAsync(
        JsonElement filter, ColumnReference column, SpatialFilters filters, DatabasePool pool, RowSource rows, SqlParameterList parameters,
        CancellationToken cancellationToken)
    {
        // Cells that are made of points on the fly are filtered by the points.
        CellScheme? scheme = column.Column.IsSpatial ? null : filters.DataType switch
        {
            SpatialDataType.H3 => CellScheme.H3,
            SpatialDataType.Quadbin => CellScheme.Quadbin,
            _ => null,
        };
        return scheme is null
            ? _geometry.CompileAsync(filter, column, pool, rows, parameters, cancellationToken)
            : _cells.CompileAsync(filter, new CellColumn(column, scheme), filters, pool, rows, parameters, cancellationToken);
    }
}
