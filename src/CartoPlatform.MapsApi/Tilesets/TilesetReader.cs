using System.Data;
using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;
using Npgsql;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>The statements about a table of tiles.</summary>
internal sealed class TilesetReader(StoredTable table, TilesetLayout layout, int maxTileBytes)
{
    private string From => $"FROM {table.Relation.Sql}";

    /// <summary>
    /// Metadata in a column of their own, in the row that holds no tile, or in the comment on the table; null where there are none.
    /// </summary>
    public async Task<JsonObject?> FindMetadataAsync(CancellationToken cancellationToken)
    {
        var column = layout.Metadata ?? "NULL::text";
        if (await FindMetadataAsync($"SELECT {column}, {layout.Data} {From} WHERE {layout.MetadataRow} LIMIT 1", cancellationToken) is { } row) return row;
        if (layout.Metadata is not null
            && await FindMetadataAsync($"SELECT {column}, NULL::{(layout.IsText ? "text" : "bytea")} {From} WHERE {column} IS NOT NULL LIMIT 1", cancellationToken) is { } other) return other;

        await using var command = table.Pool.Reader.CreateCommand("SELECT obj_description($1, 'pg_class')");
        command.Parameters.Add(new NpgsqlParameter { Value = table.Relation.Oid, DataTypeName = "oid" });
        return StoredJson.Parse(await command.ExecuteScalarAsync(cancellationToken) as string);
    }

    /// <summary>Some tile, unpacked; null without tiles.</summary>
    public async Task<byte[]?> FindAnyAsync(CancellationToken cancellationToken)
    {
        await using var command = table.Pool.Reader.CreateCommand($"SELECT {layout.Data} {From} WHERE {layout.TileRow} AND {layout.Data} IS NOT NULL LIMIT 1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await UnpackAsync(reader, 0, cancellationToken) : null;
    }

    /// <returns>Null where there is none.</returns>
    public async Task<byte[]?> FindAsync(TileAddress tile, CancellationToken cancellationToken)
    {
        if (layout.Place is not var (z, x, y)) return null;
        await using var command = table.Pool.Reader.CreateCommand($"SELECT {layout.Data} {From} WHERE {z} = $1 AND {x} = $2 AND {y} = $3 LIMIT 1");
        foreach (var value in (int[])[tile.Z, tile.X, tile.Y]) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
        return await FindAsync(command, cancellationToken);
    }

    /// <summary>The tile of a cell: by the cell, or of a quadbin cell by its place.</summary>
    public async Task<byte[]?> FindAsync(CellScheme scheme, long cell, CancellationToken cancellationToken)
    {
        if (layout.RawCell is null) return scheme == CellScheme.Quadbin && Quadbin.TryGetTile(cell, out var tile) ? await FindAsync(tile, cancellationToken) : null;
        await using var command = table.Pool.Reader.CreateCommand(
            $"SELECT {layout.Data} {From} WHERE {layout.RawCell} {(layout.IsCellText ? "= ANY ($1)" : "= $1")} LIMIT 1");
        var text = cell.ToString(System.Globalization.CultureInfo.InvariantCulture);
        command.Parameters.Add(layout.IsCellText ? new NpgsqlParameter { Value = new[] { scheme.ToText(cell), text } } : new NpgsqlParameter { Value = cell });
        return await FindAsync(command, cancellationToken);
    }

    /// <summary>Coarsest and finest zoom, or resolution of the cells that name tiles; null without tiles.</summary>
    public async Task<(int Min, int Max)?> FindZoomsAsync(CellScheme? scheme, CancellationToken cancellationToken)
    {
        var zoom = layout.Place is var (z, _, _) ? z : layout.IsCellText ? null : $"(({layout.RawCell} >> {CellScheme.ResolutionShift}) & {scheme?.ResolutionMask ?? 0})";
        if (zoom is null) return null;
        await using var command = table.Pool.Reader.CreateCommand($"SELECT min({zoom})::int, max({zoom})::int {From} WHERE {layout.TileRow}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return await reader.IsDBNullAsync(0, cancellationToken) ? null : (reader.GetInt32(0), reader.GetInt32(1));
    }

    /// <summary>What the tiles of a zoom cover; null where they have no place.</summary>
    public async Task<Bounds?> FindBoundsAsync(int zoom, CancellationToken cancellationToken)
    {
        if (layout.Place is not var (z, x, y)) return null;
        await using var command = table.Pool.Reader.CreateCommand($"SELECT min({x})::int, min({y})::int, max({x})::int, max({y})::int {From} WHERE {z} = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = zoom });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken) || await reader.IsDBNullAsync(0, cancellationToken) || await reader.IsDBNullAsync(1, cancellationToken)) return null;
        if (!TileAddress.TryCreate(zoom, reader.GetInt32(0), reader.GetInt32(1), out var first) || !TileAddress.TryCreate(zoom, reader.GetInt32(2), reader.GetInt32(3), out var last)) return null;
        return new Bounds(first.DegreeBounds.West, last.DegreeBounds.South, last.DegreeBounds.East, first.DegreeBounds.North);
    }

    /// <summary>The cells that name tiles, up to so many.</summary>
    public async Task<IReadOnlyList<long>> FindCellsAsync(CellScheme scheme, int limit, CancellationToken cancellationToken)
    {
        if (layout.Cell is null) return [];
        await using var command = table.Pool.Reader.CreateCommand($"SELECT {layout.Cell} {From} WHERE {layout.TileRow} LIMIT {limit}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var cells = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (scheme.TryParse(reader.GetString(0), out var cell)) cells.Add(cell);
        }

        return cells;
    }

    /// <summary>Tiles of a zoom, unpacked; those that are broken are passed over.</summary>
    public async IAsyncEnumerable<byte[]> ReadAsync(int zoom, int limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (layout.Place is not var (z, _, _)) yield break;
        await using var command = table.Pool.Reader.CreateCommand($"SELECT {layout.Data} {From} WHERE {z} = $1 AND {layout.Data} IS NOT NULL LIMIT {limit}");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = zoom });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (await StoredBytes.ReadAsync(reader, 0, layout.IsText, cancellationToken) is { } bytes && StoredBytes.TryUnpack(bytes, maxTileBytes, out var tile)) yield return tile;
        }
    }

    private async Task<byte[]?> FindAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await UnpackAsync(reader, 0, cancellationToken) : null;
    }

    private async Task<byte[]?> UnpackAsync(NpgsqlDataReader reader, int ordinal, CancellationToken cancellationToken)
    {
        if (await StoredBytes.ReadAsync(reader, ordinal, layout.IsText, cancellationToken) is not { Length: > 0 } bytes) return null;
        return StoredBytes.TryUnpack(bytes, maxTileBytes, out var tile) ? tile : throw new TileFormatException("The tile is stored in a form that cannot be unpacked, or is too large.");
    }

    private async Task<JsonObject?> FindMetadataAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = table.Pool.Reader.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        if (!await reader.IsDBNullAsync(0, cancellationToken)) return StoredJson.Parse(reader.GetString(0));
        return await StoredBytes.ReadAsync(reader, 1, layout.IsText, cancellationToken) is { } bytes && StoredBytes.TryUnpack(bytes, maxTileBytes, out var json)
            ? StoredJson.Parse(json)
            : null;
    }
}
