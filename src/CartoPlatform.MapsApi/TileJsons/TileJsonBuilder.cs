using CartoPlatform.Contracts.Maps;
using CartoPlatform.MapsApi.Overviews;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Summaries;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.MapsApi.Urls;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Features;
using CartoPlatform.Tiles;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.TileJsons;

/// <summary>Describes a source's tiles (contract, section 3).</summary>
internal sealed class TileJsonBuilder(SourceFacts facts, OverviewStore overviews, IOptions<TileOptions> options)
{
    /// <summary>Where nothing is known of a source's bounds.</summary>
    public static readonly Bounds World = new(-180, -WebMercator.MaxLatitude, 180, WebMercator.MaxLatitude);

    public async Task<TileJson> BuildAsync(MapSource source, MapUrlSet urls, CancellationToken cancellationToken)
    {
        var summary = await facts.SummarizeAsync(source, cancellationToken);
        var bounds = summary.Bounds ?? World;
        var attributes = Attributes(source);
        return new TileJson
        {
            Name = NameOf(source),
            Tiles = [urls.Tiles(options.Value.DefaultTileFormat)],
            Minzoom = 0,
            Maxzoom = options.Value.MaxZoom,
            Bounds = [bounds.West, bounds.South, bounds.East, bounds.North],
            Center = Center(bounds, options.Value.MaxZoom),
            TileResolution = source.Request.Resolution.Value,
            Simplified = IsSimplified(source) ? true : null,
            Sampled = IsSampled(source, summary.Rows) ? true : null,
            IsProvisional = summary.IsProvisional,
            VectorLayers = [Layer(source, attributes)],
            Tilestats = new TileStats
            {
                Layers = [new LayerStats { Layer = TileLayer.Name, Count = summary.Rows, Geometry = source.Spatial.DisplayType, Attributes = attributes }],
            },
            Schema = [.. source.Columns.Select(reference => reference.Column.ToFieldSchema())],
        };
    }

    public static string NameOf(MapSource source) => source.Relation is { } relation ? $"{relation.Schema}.{relation.Name}" : "query";

    private bool IsSimplified(MapSource source) =>
        source.Spatial.IsPoints ? TileLayer.IsThinned(source, options.Value) : options.Value.Simplification;

    // Asking for the overview begins to make it.
    private bool IsSampled(MapSource source, long? rows) =>
        TileLayer.IsThinned(source, options.Value) && overviews.Find(source)?.Covers(TileAddress.Create(0, 0, 0), ThinnedTiles.CellBits(source)) != true
        && source.CanBeSampled && rows > options.Value.MaxRows;

    private VectorLayer Layer(MapSource source, IReadOnlyList<AttributeStats> attributes) => new()
    {
        Id = TileLayer.Name,
        Minzoom = 0,
        Maxzoom = options.Value.MaxZoom,
        Fields = attributes.ToDictionary(attribute => attribute.Attribute, attribute => attribute.Type, StringComparer.Ordinal),
        GeometryType = source.Spatial.DisplayType,
    };

    private IReadOnlyList<AttributeStats> Attributes(MapSource source)
    {
        var made = new List<AttributeStats>();
        if (source.Request.FeatureBbox) made.Add(new(TileProperty.BboxName, "String"));
        if (source.Request.FeatureId) made.Add(new(FeatureIdSql.ColumnName, "String"));
        if (TileLayer.IsThinned(source, options.Value)) made.Add(new(TileProperty.DensityName, "Number"));
        var columns = source.Properties.Select(property => new AttributeStats(property.Column.Name, TypeOf(property.Column)));
        return [.. columns.Where(column => made.All(other => other.Attribute != column.Attribute)), .. made];
    }

    /// <summary>The type of an attribute in the words of tilestats.</summary>
    public static string TypeOf(Column column) => column.ToFieldSchema().Type switch
    {
        FieldType.Number or FieldType.BigInt => "Number",
        FieldType.Boolean => "Boolean",
        FieldType.Timestamp => "Timestamp",
        _ => "String",
    };

    /// <summary>The middle, at the zoom where the longer side of the bounds takes about one tile.</summary>
    public static double[] Center(Bounds bounds, int maxZoom)
    {
        var share = Math.Max(bounds.Width / 360, WebMercator.WorldY(bounds.South) - WebMercator.WorldY(bounds.North));
        var zoom = share <= 0 ? maxZoom : Math.Clamp((int)Math.Floor(-Math.Log2(share)), 0, maxZoom);
        return [(bounds.West + bounds.East) / 2, (bounds.South + bounds.North) / 2, zoom];
    }
}
