using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>
/// Completes what a spatial column's type says: the reference system and type of an untyped one (a query's result, mostly) are those
/// of its first row. That look is remembered for ten seconds, so that a burst of tiles takes it once.
/// </summary>
internal sealed class SpatialColumnFinder(TimeProvider time)
{
    private readonly RecentAnswers<FirstRow> _firstRows = new(TimeSpan.FromSeconds(10), time);

    public async ValueTask<SpatialColumn> FindAsync(DatabasePool pool, RowSource rows, ColumnReference drawn, long? stamp, CancellationToken cancellationToken)
    {
        var column = drawn.Column;
        if (column is { Srid: > 0, GeometryType: not null }) return new SpatialColumn(drawn, column.Srid, column.GeometryType, null);

        // Where the data have a version, the first row is asked for again with every one.
        var question = $"{pool.Record.Id}/{pool.Record.Revision}/{stamp}/{drawn.Sql}/{rows.Key}";
        var first = await _firstRows.FindAsync(question, () => ReadAsync(pool, rows, drawn, cancellationToken), row => row.Type is not null);
        var srid = column.Srid > 0 ? column.Srid : first.Srid > 0 ? first.Srid : SpatialColumn.Wgs84;
        return new SpatialColumn(drawn, srid, column.GeometryType, first.Type);
    }

    public void Forget() => _firstRows.Clear();

    private static async ValueTask<FirstRow> ReadAsync(DatabasePool pool, RowSource rows, ColumnReference drawn, CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand(
            $"SELECT ST_SRID({drawn.Sql}::geometry), GeometryType({drawn.Sql}::geometry) FROM {rows.FromSql} WHERE {drawn.Sql} IS NOT NULL LIMIT 1");
        rows.CreateParameters().CopyTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new FirstRow(reader.GetInt32(0), reader.GetString(1)) : default;
    }

    private readonly record struct FirstRow(int Srid, string? Type);
}
