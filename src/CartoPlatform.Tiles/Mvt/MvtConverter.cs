using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.CartoTiles;

namespace CartoPlatform.Tiles.Mvt;

/// <summary>
/// Makes a CARTO vector tile of a Mapbox vector tile. Features keep their order, ids and attributes; one of which nothing can be drawn
/// is in neither, and the others' places in the tile (their global ids) close up.
/// </summary>
public static class MvtConverter
{
    /// <param name="layers">Of the tile.</param>
    /// <param name="tile">Its place.</param>
    /// <param name="output">Takes the CARTO tile.</param>
    /// <param name="texts">Names of attributes that are texts whatever their values.</param>
    /// <returns>The features in the tile, in the order of their global ids.</returns>
    /// <exception cref="TileFormatException">A geometry is broken.</exception>
    public static IReadOnlyList<(DecodedLayer Layer, DecodedFeature Feature)> Convert(
        IReadOnlyList<DecodedLayer> layers, TileAddress tile, IBufferWriter<byte> output, params IReadOnlyCollection<string> texts)
    {
        var columns = Columns(layers, texts);
        var places = columns.Select((column, index) => (column.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        // Outlines may reach beyond the tile: nothing of what was there is cut once more.
        var extent = layers.Count == 0 ? 1 : layers.Max(layer => layer.Extent);
        using var encoder = new CartoVectorTileEncoder(new TileGrid(tile, extent, extent), columns);
        var kept = new List<(DecodedLayer, DecodedFeature)>();
        foreach (var layer in layers)
        {
            foreach (var feature in layer.Features)
            {
                if (MvtGeometryReader.ToEwkb(feature, tile, layer.Extent) is not { } geometry || !encoder.BeginFeature(geometry, feature.Id)) continue;
                foreach (var (key, value) in Ascending(layer, feature, places)) Add(encoder, columns[key], key, value);
                encoder.EndFeature();
                kept.Add((layer, feature));
            }
        }

        encoder.WriteTo(output);
        return kept;
    }

    /// <summary>The attributes of a feature by name.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Attributes(DecodedLayer layer, DecodedFeature feature) =>
        feature.Tags.Select(tag => KeyValuePair.Create(layer.Keys[tag.Key], layer.Values[tag.Value]));

    // A name that a feature has twice counts once, the last time.
    private static IEnumerable<(int Column, object Value)> Ascending(DecodedLayer layer, DecodedFeature feature, Dictionary<string, int> places)
    {
        var values = new SortedDictionary<int, object>();
        foreach (var (name, value) in Attributes(layer, feature)) values[places[name]] = value;
        return values.Select(pair => (pair.Key, pair.Value));
    }

    private static TileColumn[] Columns(IReadOnlyList<DecodedLayer> layers, IReadOnlyCollection<string> texts)
    {
        var kinds = new Dictionary<string, TileColumnKind>(StringComparer.Ordinal);
        foreach (var (name, value) in layers.SelectMany(layer => layer.Features.SelectMany(feature => Attributes(layer, feature))))
        {
            var kind = value is string or bool || texts.Contains(name) ? TileColumnKind.Text : TileColumnKind.Number;
            if (!kinds.TryGetValue(name, out var known) || known == TileColumnKind.Number) kinds[name] = kind;
        }

        return [.. kinds.Select(pair => new TileColumn(pair.Key, pair.Value))];
    }

    private static void Add(CartoVectorTileEncoder encoder, TileColumn column, int index, object value)
    {
        switch (value)
        {
            case string text:
                encoder.Add(index, Encoding.UTF8.GetBytes(text));
                break;
            case bool flag:
                encoder.Add(index, flag);
                break;
            case long number:
                encoder.Add(index, number);
                break;
            case ulong number when number <= long.MaxValue:
                encoder.Add(index, (long)number);
                break;
            case ulong number:
                encoder.Add(index, (double)number);
                break;
            case float number:
                encoder.Add(index, number);
                break;
            case double number:
                encoder.Add(index, number);
                break;
            default:
                throw new ArgumentException($"{column.Name} holds a {value.GetType()}.", nameof(value));
        }
    }
}
