using System.Text;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.Mvt;

/// <summary>Reads Mapbox vector tiles of versions 1 and 2 that others have made. What is unknown is passed over; what is broken throws.</summary>
public static class MvtDecoder
{
    private const int DefaultExtent = 4_096;

    /// <exception cref="TileFormatException">The bytes are no such tile.</exception>
    public static IReadOnlyList<DecodedLayer> Read(ReadOnlySpan<byte> tile)
    {
        var layers = new List<DecodedLayer>();
        var reader = new ProtobufReader(tile);
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            if (field == MvtFields.TileLayer && type == WireType.Bytes) layers.Add(ReadLayer(reader.ReadBytes()));
            else reader.Skip(type);
        }

        return layers;
    }

    private static DecodedLayer ReadLayer(ReadOnlySpan<byte> bytes)
    {
        var (name, extent) = ("", DefaultExtent);
        var (keys, values, features) = (new List<string>(), new List<object>(), new List<DecodedFeature>());
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            switch (reader.ReadTag())
            {
                case (MvtFields.LayerName, WireType.Bytes):
                    name = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                case (MvtFields.LayerFeature, WireType.Bytes):
                    features.Add(ReadFeature(reader.ReadBytes()));
                    break;
                case (MvtFields.LayerKey, WireType.Bytes):
                    keys.Add(Encoding.UTF8.GetString(reader.ReadBytes()));
                    break;
                case (MvtFields.LayerValue, WireType.Bytes):
                    values.Add(ReadValue(reader.ReadBytes()));
                    break;
                case (MvtFields.LayerExtent, WireType.Varint):
                    extent = (int)Math.Min(reader.ReadVarint(), int.MaxValue);
                    break;
                case var (_, type):
                    reader.Skip(type);
                    break;
            }
        }

        if (extent is < 1 or > TileGrid.MaxExtent) throw new TileFormatException("The extent of a layer is out of range.");
        foreach (var feature in features)
        {
            if (feature.Tags.Any(tag => tag.Key >= keys.Count || tag.Value >= values.Count))
                throw new TileFormatException("A feature refers to a key or value that is not there.");
        }

        return new DecodedLayer(name, extent, keys, values, features);
    }

    private static DecodedFeature ReadFeature(ReadOnlySpan<byte> bytes)
    {
        ulong? id = null;
        var kind = 0;
        var (tags, commands) = (new List<uint>(), new List<uint>());
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            switch (reader.ReadTag())
            {
                case (MvtFields.FeatureId, WireType.Varint):
                    id = reader.ReadVarint();
                    break;
                case (MvtFields.FeatureTags, WireType.Bytes):
                    ReadPacked(reader.ReadBytes(), tags);
                    break;
                case (MvtFields.FeatureType, WireType.Varint):
                    kind = (int)Math.Min(reader.ReadVarint(), int.MaxValue);
                    break;
                case (MvtFields.FeatureGeometry, WireType.Bytes):
                    ReadPacked(reader.ReadBytes(), commands);
                    break;
                case var (_, type):
                    reader.Skip(type);
                    break;
            }
        }

        if (tags.Count % 2 != 0 || tags.Any(tag => tag > int.MaxValue)) throw new TileFormatException("The tags of a feature are no pairs.");
        return new DecodedFeature(id, kind, [.. Enumerable.Range(0, tags.Count / 2).Select(pair => ((int)tags[2 * pair], (int)tags[2 * pair + 1]))], commands);
    }

    private static void ReadPacked(ReadOnlySpan<byte> bytes, List<uint> target)
    {
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd) target.Add(reader.ReadUInt32());
    }

    private static object ReadValue(ReadOnlySpan<byte> bytes)
    {
        object value = "";
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            switch (reader.ReadTag())
            {
                case (MvtFields.ValueString, WireType.Bytes):
                    value = Encoding.UTF8.GetString(reader.ReadBytes());
                    break;
                case (MvtFields.ValueFloat, WireType.Fixed32):
                    value = reader.ReadFloat();
                    break;
                case (MvtFields.ValueDouble, WireType.Fixed64):
                    value = reader.ReadDouble();
                    break;
                case (MvtFields.ValueInt, WireType.Varint):
                    value = (long)reader.ReadVarint();
                    break;
                case (MvtFields.ValueUInt, WireType.Varint):
                    value = reader.ReadVarint();
                    break;
                case (MvtFields.ValueSInt, WireType.Varint):
                    value = Varint.UnZigZag(reader.ReadVarint());
                    break;
                case (MvtFields.ValueBool, WireType.Varint):
                    value = reader.ReadVarint() != 0;
                    break;
                case var (_, type):
                    reader.Skip(type);
                    break;
            }
        }

        return value;
    }
}
