using System.Text;

namespace CartoPlatform.Tiles.Tests.Decoding;

/// <summary>Decodes CARTO's tiles of cells as the client does: texts by position, numbers by column.</summary>
internal static class SpatialTileReader
{
    public static IReadOnlyList<(long Cell, IReadOnlyDictionary<string, object> Properties)> Read(ReadOnlySpan<byte> tile)
    {
        var reader = new ProtobufReader(tile);
        if (reader.ReadTag() != (1, 0)) throw new FormatException("A tile begins with its scheme.");
        reader.ReadVarint();
        if (reader.ReadTag() != (2, 2)) throw new FormatException("A tile has cells.");
        var cells = new ProtobufReader(reader.ReadBytes());
        if (!reader.IsAtEnd) throw new FormatException("A tile has a scheme and cells.");

        var indices = new List<long>();
        var texts = new List<Dictionary<string, object>>();
        var numbers = new Dictionary<string, List<double>>();
        while (!cells.IsAtEnd)
        {
            var (field, _) = cells.ReadTag();
            var content = cells.ReadBytes();
            if (field == 1) indices.AddRange(ReadIndices(content));
            else if (field == 2) texts.Add(ReadTexts(content));
            else if (field == 3) AddNumbers(content, numbers);
            else throw new FormatException($"Cells have no field {field}.");
        }

        if (texts.Count > 0 && texts.Count != indices.Count) throw new FormatException("Properties are by position.");
        return [.. indices.Select((cell, index) => (cell, Merge(index)))];

        IReadOnlyDictionary<string, object> Merge(int index)
        {
            var properties = texts.Count == 0 ? [] : texts[index];
            foreach (var (key, values) in numbers) properties.Add(key, values[index]);
            return properties;
        }
    }

    private static List<long> ReadIndices(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        if (reader.ReadTag() != (1, 2)) throw new FormatException("Indices are packed.");
        var packed = new ProtobufReader(reader.ReadBytes());
        var indices = new List<long>();
        while (!packed.IsAtEnd) indices.Add(BitConverter.DoubleToInt64Bits(packed.ReadDouble()));
        return indices;
    }

    private static Dictionary<string, object> ReadTexts(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var texts = new Dictionary<string, object>();
        while (!reader.IsAtEnd)
        {
            reader.ReadTag();
            var pair = new ProtobufReader(reader.ReadBytes());
            pair.ReadTag();
            var key = Encoding.UTF8.GetString(pair.ReadBytes());
            pair.ReadTag();
            texts.Add(key, Encoding.UTF8.GetString(pair.ReadBytes()));
        }

        return texts;
    }

    private static void AddNumbers(ReadOnlySpan<byte> bytes, Dictionary<string, List<double>> numbers)
    {
        var reader = new ProtobufReader(bytes);
        reader.ReadTag();
        var key = Encoding.UTF8.GetString(reader.ReadBytes());
        reader.ReadTag();
        var message = new ProtobufReader(reader.ReadBytes());
        message.ReadTag();
        var packed = new ProtobufReader(message.ReadBytes());
        var values = new List<double>();
        while (!packed.IsAtEnd) values.Add(packed.ReadDouble());
        numbers.Add(key, values);
    }
}
