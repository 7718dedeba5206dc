using System.Text.Json;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>
/// Polygons and lists of cells on columns of H3 or quadbin cells. A polygon is covered in this process, by coarse cells within and fine
/// ones along its border, and asked for as ranges of numbers, which an index answers.
/// </summary>
internal sealed class CellFilter(CellResolutions resolutions)
{
    private readonly CellCovers _covers = new();

    public async ValueTask<(string? Sql, ApiError? Error)> CompileAsync(
        JsonElement filter, CellColumn column, SpatialFilters filters, DatabasePool pool, RowSource rows, SqlParameterList parameters,
        CancellationToken cancellationToken)
    {
        var name = column.Reference.Column.Name;
        if (!CellColumn.CanHold(column.Reference.Column)) return (null, ApiError.BadRequest($"The column {name} holds no {column.Scheme.Name} cells"));
        if (CellList.IsList(filter)) return await CompileListAsync(filter, column, pool, rows, parameters, cancellationToken);
        if (FilterPolygon.Read(filter, out var wrong) is not { } polygon) return (null, ApiError.BadRequest(wrong ?? ""));

        var resolution = polygon.IsEmpty ? null : await resolutions.FindAsync(pool, rows, column, cancellationToken);
        var ranges = resolution is { } found ? Cover(polygon, column.Scheme, found, filters, cancellationToken) : [];
        return (CellRangeSql.Write(column, ranges, parameters), null);
    }

    private async ValueTask<(string? Sql, ApiError? Error)> CompileListAsync(
        JsonElement filter, CellColumn column, DatabasePool pool, RowSource rows, SqlParameterList parameters, CancellationToken cancellationToken)
    {
        if (CellList.Read(filter, column.Scheme, out var wrong) is not { } cells) return (null, ApiError.BadRequest(wrong ?? ""));

        var resolution = cells.Count == 0 ? null : await resolutions.FindAsync(pool, rows, column, cancellationToken);
        var ranges = resolution is { } found ? CellList.Find(cells, column.Scheme, found) : [];
        return (CellRangeSql.Write(column, ranges, parameters), null);
    }

    // Old clients say how fine the cover is to be.
    private IReadOnlyList<CellRange> Cover(
        FilterPolygon polygon, CellScheme scheme, int resolution, SpatialFilters filters, CancellationToken cancellationToken)
    {
        var mode = filters.Mode switch
        {
            SpatialFiltersMode.Center => CellCoverMode.Center,
            SpatialFiltersMode.Contains => CellCoverMode.Contains,
            _ => CellCoverMode.Intersects,
        };
        var finest = Math.Clamp(filters.Resolution ?? resolution, 0, resolution);
        return _covers.Find(polygon.ToEwkb(), scheme, resolution, mode, finest, cancellationToken);
    }
}
