using CartoPlatform.Contracts.Maps;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Summaries;
using CartoPlatform.MapsApi.TileJsons;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.MapsApi.Urls;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>Describes a source's tiles of cells (contract, section 3.3).</summary>
internal sealed class CellTileJsonBuilder(SourceFacts facts, CellFacts cellFacts)
{
    public async Task<TileJson> BuildAsync(MapSource source, CellLayer cells, MapUrlSet urls, CancellationToken cancellationToken)
    {
        var summary = cells.Stored is { } column
            ? await cellFacts.SummarizeAsync(source, cells, column, cancellationToken)
            : new CellSummary(await facts.SummarizeAsync(source, cancellationToken), null);
        var bounds = summary.Source.Bounds ?? TileJsonBuilder.World;
        return new TileJson
        {
            Name = TileJsonBuilder.NameOf(source),
            Scheme = cells.Scheme.Name,
            Tiles = [urls.CellTiles(TileFormat.Binary)],
            Minresolution = 0,
            Maxresolution = cells.MaxTileResolution,
            Dataresolution = cells.DataResolution,
            Minzoom = 0,
            Maxzoom = cells.MaxTileResolution,
            IsProvisional = summary.Source.IsProvisional,
            InvalidCells = summary.Invalid > 0 ? summary.Invalid : null,
            Bounds = [bounds.West, bounds.South, bounds.East, bounds.North],
            Center = TileJsonBuilder.Center(bounds, cells.MaxTileResolution),
            Tilestats = new TileStats { Layers = [Layer(cells, summary.Source.Rows)] },
            Schema = [.. source.Columns.Select(reference => reference.Column.ToFieldSchema())],
        };
    }

    private static LayerStats Layer(CellLayer cells, long? rows) => new()
    {
        Layer = TileLayer.Name,
        Count = rows,
        Attributes = [.. cells.Values.Select(value => new AttributeStats(value.Column.Name, TileJsonBuilder.TypeOf(value.Column)))],
    };
}
