using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.TileJsons;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Mvt;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>
/// Finds out what a table of tiles holds: what the tiler says of it beside the tiles, and where it says nothing, what the tiles themselves
/// say. Remembered for as long as the table is the same, half a minute at most.
/// </summary>
internal sealed class TilesetCatalog(IOptions<TileOptions> options, TimeProvider time)
{
    private const int MaxTilesRead = 1_000, MaxCellsRead = 20_000;

    private static readonly TimeSpan StatisticsTimeLimit = TimeSpan.FromSeconds(2);

    private readonly RecentAnswers<Outcome<Tileset>> _tilesets = new(TimeSpan.FromSeconds(30), time);

    public async ValueTask<Outcome<Tileset>> FindAsync(StoredTable table, CancellationToken cancellationToken)
    {
        var found = await _tilesets.FindAsync(table.Key, () => ReadAsync(table, cancellationToken), tileset => tileset.Succeeded);
        // What is remembered is the same of every request; its reading is this request's.
        return found.Succeeded ? found.Value with { Table = table } : found;
    }

    public TilesetReader Reader(Tileset tileset) => Reader(tileset.Table, tileset.Layout);

    private TilesetReader Reader(StoredTable table, TilesetLayout layout) => new(table, layout, options.Value.MaxTileBytes);

    private async ValueTask<Outcome<Tileset>> ReadAsync(StoredTable table, CancellationToken cancellationToken)
    {
        if (TilesetLayout.Find(table.Relation) is not { } layout) return NoTileset(table);

        var reader = Reader(table, layout);
        try
        {
            var tile = await reader.FindAnyAsync(cancellationToken);
            var metadata = await reader.FindMetadataAsync(cancellationToken);
            var content = TileContents.Of(tile);
            if ((tile is not null && content == TileContent.Unknown) || (tile is null && metadata is null)) return NoTileset(table);
            return await DescribeAsync(new Tileset
            {
                Table = table,
                Layout = layout,
                Content = content,
                Scheme = content is TileContent.Mvt or TileContent.CartoVector ? null : SchemeOf(metadata, content, tile),
                MinZoom = 0,
                MaxZoom = 0,
                Bounds = TileJsonBuilder.World,
                Metadata = metadata ?? [],
            }, reader, cancellationToken);
        }
        catch (TileFormatException)
        {
            return NoTileset(table);
        }
    }

    private async Task<Tileset> DescribeAsync(Tileset tileset, TilesetReader reader, CancellationToken cancellationToken)
    {
        var metadata = MetadataNames.Unfold(tileset.Metadata);
        var (min, max) = MetadataNames.Zooms(metadata, tileset.Scheme) ?? await reader.FindZoomsAsync(tileset.Scheme, cancellationToken) ?? (0, 0);
        var bounds = MetadataNames.Bounds(metadata) ?? await MeasureAsync(tileset.Scheme, max, reader, cancellationToken) ?? TileJsonBuilder.World;
        if (metadata.Object("tilestats") is null && tileset.Content == TileContent.Mvt) metadata["tilestats"] = await CountAsync(max, reader, cancellationToken);
        return tileset with { MinZoom = min, MaxZoom = max, Bounds = bounds, Metadata = metadata };
    }

    private static async Task<Bounds?> MeasureAsync(CellScheme? scheme, int zoom, TilesetReader reader, CancellationToken cancellationToken)
    {
        if (scheme != CellScheme.H3 && await reader.FindBoundsAsync(zoom, cancellationToken) is { } bounds) return bounds;
        if (scheme is null) return null;
        var boxes = (await reader.FindCellsAsync(scheme, MaxCellsRead, cancellationToken)).Select(cell => CellBounds.Around(scheme, cell)).ToList();
        return boxes.Count == 0 ? null : MetadataNames.Clamp(new Bounds(boxes.Min(box => box.West), boxes.Min(box => box.South), boxes.Max(box => box.East), boxes.Max(box => box.North)));
    }

    private async Task<JsonObject> CountAsync(int zoom, TilesetReader reader, CancellationToken cancellationToken)
    {
        var statistics = new TilesetStatistics();
        using var limit = new CancellationTokenSource(StatisticsTimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (var tile in reader.ReadAsync(zoom, MaxTilesRead, linked.Token)) statistics.Add(MvtDecoder.Read(tile));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // As far as the time reached.
        }

        return statistics.ToJson();
    }

    private static CellScheme? SchemeOf(JsonObject? metadata, TileContent content, byte[]? tile)
    {
        var named = metadata is null ? null : MetadataNames.Scheme(metadata);
        return named ?? content switch
        {
            TileContent.CartoSpatial => TileContents.SchemeOf(tile),
            TileContent.Json => JsonCells.SchemeOf(tile!),
            _ => null,
        };
    }

    private static ApiError NoTileset(StoredTable table) => ApiError.BadRequest(
        $"{table.Name} is no tileset: that is a table of tiles with the columns z, x, y and data, and a row or comment of metadata");
}
