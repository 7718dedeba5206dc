using System.Collections.Concurrent;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>
/// Completes what a spatial column's type says: the reference system and type of an untyped one (a query's result, mostly) are those
/// of its first row. That look is remembered for a minute, so that a burst of tiles takes it once.
/// </summary>
internal sealed class SpatialColumnFinder(TimeProvider time)
{
    private const int MaxEntries = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (long Found, FirstRow Row)> _entries = new(StringComparer.Ordinal);

    public async ValueTask<SpatialColumn> FindAsync(DatabasePool pool, RowSource rows, ColumnReference drawn, CancellationToken cancellationToken)
    {
        var column = drawn.Column;
        if (column is { Srid: > 0, GeometryType: not null }) return new SpatialColumn(drawn, column.Srid, column.GeometryType, null);

        var first = await LookAsync(pool, rows, drawn, cancellationToken);
        var srid = column.Srid > 0 ? column.Srid : first.Srid > 0 ? first.Srid : SpatialColumn.Wgs84;
        return new SpatialColumn(drawn, srid, column.GeometryType, first.Type);
    }

    public void Forget() => _entries.Clear();

    private async ValueTask<FirstRow> LookAsync(DatabasePool pool, RowSource rows, ColumnReference drawn, CancellationToken cancellationToken)
    {
        var key = $"{pool.Record.Id}/{pool.Record.Revision}/{drawn.Sql}/{rows.Key}";
        if (_entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.Found) < Lifetime) return entry.Row;

        var found = time.GetTimestamp();
        var row = await ReadAsync(pool, rows, drawn, cancellationToken);
        if (_entries.Count >= MaxEntries) _entries.Clear();
        if (row.Type is not null) _entries[key] = (found, row);
        return row;
    }

    private static async Task<FirstRow> ReadAsync(DatabasePool pool, RowSource rows, ColumnReference drawn, CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand(
            $"SELECT ST_SRID({drawn.Sql}::geometry), GeometryType({drawn.Sql}::geometry) FROM {rows.FromSql} WHERE {drawn.Sql} IS NOT NULL LIMIT 1");
        rows.CreateParameters().CopyTo(command.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new FirstRow(reader.GetInt32(0), reader.GetString(1)) : default;
    }

    private readonly record struct FirstRow(int Srid, string? Type);
}
