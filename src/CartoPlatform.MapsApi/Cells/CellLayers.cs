using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>From a request for cells to its layer.</summary>
internal sealed class CellLayers(CellResolutions resolutions, Aggregates aggregates)
{
    public void Forget() => resolutions.Forget();

    /// <returns>Null for geometry.</returns>
    public async ValueTask<Outcome<CellLayer>?> FindAsync(
        DatabasePool pool, RowSource rows, MapRequest request, SpatialColumn spatial, CancellationToken cancellationToken)
    {
        if (request is not { Scheme: { } scheme, AggregationExp: { } text }) return null;

        var stored = spatial.Column.IsSpatial ? null : new CellColumn(spatial.Reference, scheme);
        if (Check(stored, spatial) is { } error) return error;
        var values = await aggregates.FindAsync(pool, rows, text, cancellationToken);
        if (!values.Succeeded) return values.Error;

        return new CellLayer
        {
            Scheme = scheme,
            Level = request.AggregationLevel,
            Stored = stored,
            DataResolution = stored is null ? null : await resolutions.FindAsync(pool, rows, stored, cancellationToken),
            ValueSql = [.. values.Value.Select(value => value.Sql)],
            Values = [.. values.Value.Select((value, index) => new ColumnReference(value.Column, CellTileSql.Value(index)))],
        };
    }

    private static ApiError? Check(CellColumn? stored, SpatialColumn spatial)
    {
        if (stored is not null)
            return CellColumn.CanHold(stored.Reference.Column) ? null : ApiError.BadRequest($"The column {spatial.Column.Name} holds no {stored.Scheme.Name} cells");
        return spatial.IsPoints || spatial.DisplayType is null ? null : ApiError.BadRequest($"The column {spatial.Column.Name} holds no points: cells are made of points only");
    }
}
