using System.Buffers;
using System.Globalization;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.MapsApi.Tilesets;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Mvt;

namespace CartoPlatform.MapsApi.Boundaries;

/// <summary>
/// The two tiles of boundaries: their geometry, and their attributes in the order of the geometry's features. Both are made of the same
/// features of the tileset, so that their places agree.
/// </summary>
internal sealed class BoundaryTiles(TilesetCatalog tilesets, RegExpTime regExpTime)
{
    public async Task<RenderedTile> RenderGeometryAsync(Tileset tileset, TileAddress tile, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        var features = await ReadAsync(tileset, tile, output, cancellationToken);
        return features.Count == 0 ? RenderedTile.Empty : new RenderedTile(output.WrittenMemory, CartoVectorTileEncoder.MediaType, features.Count, 0);
    }

    public Task<RenderedTile> RenderPropertiesAsync(Tileset tileset, TileAddress tile, BoundaryProperties properties, CancellationToken cancellationToken) =>
        regExpTime.RunAsync(properties.Parameters, token => ReadPropertiesAsync(tileset, tile, properties, token), cancellationToken);

    private async Task<RenderedTile> ReadPropertiesAsync(Tileset tileset, TileAddress tile, BoundaryProperties properties, CancellationToken cancellationToken)
    {
        var features = await ReadAsync(tileset, tile, new ArrayBufferWriter<byte>(), cancellationToken);
        if (features.Count == 0) return RenderedTile.Empty;

        string?[] keys = [.. features.Select(feature => KeyOf(feature.Layer, feature.Feature))];
        using var encoder = new PropertiesTileEncoder(properties.TileColumns);
        await using var connection = await properties.Pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var command = properties.CreateCommand(connection, keys);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var attributes = new AttributeReader(reader, properties.Properties, encoder);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var place = 0; await reader.ReadAsync(cancellationToken); place++)
        {
            encoder.BeginFeature();
            attributes.Take();
            encoder.EndFeature(withTexts: keys[place] is { } key && seen.Add(key));
        }

        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return new RenderedTile(output.WrittenMemory, PropertiesTileEncoder.MediaType, encoder.FeatureCount, 0);
    }

    private async Task<IReadOnlyList<(DecodedLayer Layer, DecodedFeature Feature)>> ReadAsync(
        Tileset tileset, TileAddress tile, ArrayBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var bytes = await tilesets.Reader(tileset).FindAsync(tile, cancellationToken);
        return bytes is { Length: > 0 } ? MvtConverter.Convert(MvtDecoder.Read(bytes), tile, output, BoundaryProperties.Key) : [];
    }

    // As the encoder of the geometry writes it: the client joins by the very text.
    private static string? KeyOf(DecodedLayer layer, DecodedFeature feature) =>
        MvtConverter.Attributes(layer, feature).LastOrDefault(attribute => attribute.Key == BoundaryProperties.Key).Value switch
        {
            null => null,
            bool flag => flag ? "true" : "false",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
}
