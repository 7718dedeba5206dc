using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CartoPlatform.MapsApi.Telemetry;

/// <summary>Traces and metrics of this service. Metrics carry the zoom, never a tile's column or row: those have no bounds.</summary>
internal static class MapsTelemetry
{
    public const string Name = "CartoPlatform.MapsApi";

    public static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Histogram<double> TileDuration =
        Meter.CreateHistogram<double>("carto.tile.duration", "s", "Time to make a tile, from source to bytes");

    public static readonly Histogram<long> TileFeatures = Meter.CreateHistogram<long>("carto.tile.features", "{feature}", "Features of a tile");

    public static readonly Counter<long> TileBytes = Meter.CreateCounter<long>("carto.tile.bytes", "By", "Bytes of tiles, before compression");

    public static readonly Counter<long> TileDropped = Meter.CreateCounter<long>("carto.tile.dropped", "{row}", "Rows left out of tiles to keep their budget");

    public static readonly Counter<long> TileThinned = Meter.CreateCounter<long>("carto.tile.thinned", "{row}", "Rows of tiles that another feature stands for");

    public static readonly Counter<long> TileSimplified = Meter.CreateCounter<long>("carto.tile.simplified", "{vertex}", "Vertices left out of lines and polygons because nobody would see them");

    public static readonly Counter<long> TilesSampled = Meter.CreateCounter<long>("carto.tile.sampled", "{tile}", "Tiles made of a sample of their rows");

    public static readonly Histogram<double> OverviewDuration = Meter.CreateHistogram<double>("carto.overview.duration", "s", "Time to make the overview of a table");

    public static readonly Counter<long> WarmTiles = Meter.CreateCounter<long>("carto.warm.tiles", "{tile}", "Tiles whose rows came out of memory");

    public static readonly Histogram<double> WarmDuration = Meter.CreateHistogram<double>("carto.warm.duration", "s", "Time to read a table into memory");
}
