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
    /// <param name="isOrdered">Whether the order of the rows matters.</param>
    /// <param name="zoom">Of the tile.</param>
    /// <param name="maxRows">More are not wanted.</param>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async Task<PackedRows?> TryReadAsync(
        MapSource source, TileQuery query, bool isOrdered, int zoom, int maxRows, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = query.Packed(isOrdered);
        var key = (source.Pool.Record.Id, sql);
        var known = _sources.GetValueOrDefault(key) ?? new Experience(source.Spatial.IsPoints ? PointBytes : ShapeBytes, -1);
        if (zoom < known.TooLargeZoom) return null;

        var limit = Math.Min(maxRows, MaxBytes / known.RowBytes);
        if (limit < 2) return null;
        PackedRows rows;
        try
        {
            rows = await PackedRows.ReadAsync(source, sql, query.Box, limit + 1L, isOrdered && query.HasIntegerKey, connection, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ProgramLimitExceeded)
        {
            // A gigabyte: rows of this source are far larger than was thought.
            _sources[key] = known with { RowBytes = MaxBytes };
            return null;
        }

        Learn(key, known, rows, zoom, limit);
        if (rows.Count <= limit) return rows;
        rows.Dispose();
        return null;
    }

    // Above a tile that was too large, all are. Rows get room for twice what they took.
    private void Learn((Guid Connection, string Sql) key, Experience known, PackedRows rows, int zoom, int limit)
    {
        var bytes = rows.Count < 64 ? known.RowBytes : Math.Clamp(2 * (rows.Length / rows.Count), 64, MaxBytes);
        var learned = new Experience(bytes, rows.Count > limit ? Math.Max(known.TooLargeZoom, zoom) : known.TooLargeZoom);
        if (learned == known) return;
        if (_sources.Count >= MaxSources) _sources.Clear();
        _sources[key] = learned;
    }

    private sealed record Experience(int RowBytes, int TooLargeZoom);
}
