using System.Globalization;
using System.Runtime.CompilerServices;
using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>Tiles of cells: a statement for each zoom gives the cells of one tile after another. A zoom is a unit.</summary>
internal abstract class GroupedTiles<TCell>(int minZoom, int maxZoom) : ITileSource
{
    public async Task RenderAsync(
        NpgsqlConnection reader, Func<string, bool> isDone, Func<string, IAsyncEnumerable<StagedTile>, ZoomCounts, Task> write, Action<double> progress,
        CancellationToken cancellationToken)
    {
        for (var zoom = minZoom; zoom <= maxZoom; zoom++)
        {
            var unit = zoom.ToString(CultureInfo.InvariantCulture);
            var counts = new ZoomCounts();
            if (!isDone(unit)) await write(unit, ReadAsync(reader, zoom, counts, cancellationToken), counts);
            progress((zoom - minZoom + 1.0) / (maxZoom - minZoom + 1));
        }
    }

    /// <summary>Cells with their tile in the first two columns, all of a tile together, the important ones first.</summary>
    protected abstract string Sql(int zoom);

    protected abstract TCell ReadCell(NpgsqlDataReader reader, int zoom);

    protected abstract (StagedTile Tile, long All, long Dropped) Render(int zoom, (long First, long Second) tile, IReadOnlyList<TCell> cells);

    private async IAsyncEnumerable<StagedTile> ReadAsync(NpgsqlConnection connection, int zoom, ZoomCounts counts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql(zoom), connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var cells = new List<TCell>();
        (long, long)? current = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var tile = (reader.GetInt64(0), reader.GetInt64(1));
            if (current is { } full && tile != full)
            {
                if (Finish(full) is { Bytes.IsEmpty: false } made) yield return made;
                cells.Clear();
            }

            current = tile;
            cells.Add(ReadCell(reader, zoom));
        }

        if (current is { } last && Finish(last) is { Bytes.IsEmpty: false } end) yield return end;

        StagedTile Finish((long, long) tile)
        {
            var (made, all, dropped) = Render(zoom, tile, cells);
            counts.Add(zoom, all, dropped);
            return made;
        }
    }
}
