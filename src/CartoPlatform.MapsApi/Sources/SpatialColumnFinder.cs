using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Sources;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>
/// Completes what a spatial column's type says: the reference system and type of an untyped one (a query's result, mostly) are those
/// of its first row.
/// </summary>
internal sealed class SpatialColumnFinder(FirstGeometries firstGeometries)
{
    public async ValueTask<SpatialColumn> FindAsync(DatabasePool pool, RowSource rows, ColumnReference drawn, CancellationToken cancellationToken)
    {
        var column = drawn.Column;
        if (!column.IsSpatial) return new SpatialColumn(drawn, SpatialColumn.Wgs84, null, null);
        if (column is { Srid: > 0, GeometryType: not null }) return new SpatialColumn(drawn, column.Srid, column.GeometryType, null);

        var first = await firstGeometries.FindAsync(pool, rows, drawn, cancellationToken);
        var srid = column.Srid > 0 ? column.Srid : first.Srid > 0 ? first.Srid : SpatialColumn.Wgs84;
        return new SpatialColumn(drawn, srid, column.GeometryType, first.Type);
    }

    public void Forget() => firstGeometries.Forget();
}
