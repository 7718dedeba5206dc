using System.Buffers;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tilesets.Plans;
using CartoPlatform.Tilesets.Snapshots;
using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>H3 or quadbin cells in tiles that are named by their parent.</summary>
internal sealed class SpatialIndexTiles(TilesetPlan plan, CellSnapshot snapshot, string table)
    : GroupedTiles<(long Cell, object?[] Values)>(plan.MinZoom, snapshot.MaxZoom)
{
    private readonly TileColumn[] _columns = [.. snapshot.Values.Select(value => value.ToColumn())];

    protected override string Sql(int zoom)
    {
        var values = string.Concat(snapshot.Values.Select(value => $", {value.Sql}"));
        return $"""
            SELECT {snapshot.Parent(zoom)}, 0::int8, {snapshot.Parent(snapshot.CellResolution(zoom))}{values}
            FROM {table} AS s {snapshot.GroupSql(zoom, snapshot.DataResolution)}, {snapshot.Parent(zoom)}
            ORDER BY 1, count(*) DESC, 3
            """;
    }

    protected override (long Cell, object?[] Values) ReadCell(NpgsqlDataReader reader, int zoom) => (reader.GetInt64(2), RowValues.Read(reader, 3, snapshot.Values));

    protected override (StagedTile Tile, long All, long Dropped) Render(int zoom, (long First, long Second) tile, IReadOnlyList<(long Cell, object?[] Values)> cells)
    {
        var valid = cells.Where(cell => snapshot.Scheme.IsValid(cell.Cell)).ToList();
        var kept = valid.Take(plan.MaxTileFeatures).ToList();
        var encoded = Encode(kept);
        while (encoded.Length > plan.MaxTileBytes && kept.Count > 0)
        {
            // Cells take about the same room: the most important that fit, at the second try or the third.
            var fit = Math.Min((int)((long)kept.Count * plan.MaxTileBytes / encoded.Length), kept.Count - 1);
            kept = kept[..fit];
            encoded = Encode(kept);
        }

        (int, int)? place = Quadbin.TryGetTile(tile.First, out var address) ? (address.X, address.Y) : null;
        return (new StagedTile(zoom, place, tile.First, kept.Count == 0 ? default : encoded), valid.Count, valid.Count - kept.Count);
    }

    private ReadOnlyMemory<byte> Encode(IReadOnlyList<(long Cell, object?[] Values)> cells)
    {
        using var encoder = new SpatialTileEncoder(snapshot.Scheme, _columns);
        foreach (var (cell, values) in cells.OrderBy(cell => cell.Cell))
        {
            encoder.BeginCell(cell);
            RowValues.Push(values, encoder);
            encoder.EndCell();
        }

        var output = new ArrayBufferWriter<byte>(encoder.Length);
        encoder.WriteTo(output);
        return output.WrittenMemory;
    }
}
