using System.Collections.Concurrent;
using CartoPlatform.MapsApi.Sources;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// Decides which tiles are read as <see cref="PackedRows"/>: those that surely fit into memory, on both sides. What a row of a source
/// takes is learned from its tiles.
/// </summary>
internal sealed class RowPacking
{
    /// <summary>Of one tile. PostgreSQL holds it twice while it makes it.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    // Before anything is known.
    private const int PointBytes = 256;
    private const int ShapeBytes = 8 * 1024;

    private const int MaxSources = 2_000;

    private readonly ConcurrentDictionary<(Guid Connection, string Sql), Experience> _sources = new();

    /// <summary>The rows of a tile; null where they have to be read one by one.</summary>
    /// <param name="source">What the tile shows.</param>
    /// <param name="query">Its query.</param>
    /// <param name="order">Of the rows.</param>
    /// <param name="zoom">Of the tile.</param>
    /// <param name="maxRows">Of more, this many and one.</param>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<PackedRows?> TryReadAsync(
        MapSource source, TileQuery query, RowOrder order, int zoom, int maxRows, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = query.Packed(order);
        // Those that are chosen are no other rows than those that are not.
        var key = (source.Pool.Record.Id, order == RowOrder.LargestFirst ? query.Packed(RowOrder.ByKey) : sql);
        var known = _sources.GetValueOrDefault(key) ?? new Experience(source.Spatial.IsPoints ? PointBytes : ShapeBytes, -1);
        if (zoom < known.TooLargeZoom) return null;

        var room = MaxBytes / known.RowBytes;
        var limit = Math.Min(maxRows, room);
        if (limit < 2 || (order == RowOrder.LargestFirst && room < maxRows)) return null;
        PackedRows rows;
        try
        {
            rows = await PackedRows.ReadAsync(source, sql, query.Box, limit, order == RowOrder.ByKey ? query.KeyColumn : null, connection, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ProgramLimitExceeded)
        {
            // A gigabyte: rows of this source are far larger than was thought.
            _sources[key] = known with { RowBytes = MaxBytes };
            return null;
        }

        Learn(key, known, rows, rows.IsCut && room < maxRows ? Math.Max(known.TooLargeZoom, zoom) : known.TooLargeZoom);
        if (!rows.IsCut || limit == maxRows) return rows;
        rows.Dispose();
        return null;
    }

    // Above a tile that was too large, all are. Rows get room for twice what they took.
    private void Learn((Guid Connection, string Sql) key, Experience known, PackedRows rows, int tooLargeZoom)
    {
        var bytes = rows.Count < 64 ? known.RowBytes : Math.Clamp(2 * (rows.Length / rows.Count), 64, MaxBytes);
        var learned = new Experience(bytes, tooLargeZoom);
        if (learned == known) return;
        if (_sources.Count >= MaxSources) _sources.Clear();
        _sources[key] = learned;
    }

    private sealed record Experience(int RowBytes, int TooLargeZoom);
}
