using System.Text;

namespace CartoPlatform.Tiles.Tests.Decoding;

/// <summary>Decodes CARTO vector tiles and insists on what the client needs: all groups and messages present, sizes right.</summary>
internal static class CartoTileReader
{
    // Field numbers by group: paths, global ids, feature ids, rings, properties, numbers, ids.
    private static readonly int[][] Fields = [[0, 2, 3, 0, 4, 5, 6], [2, 3, 4, 0, 5, 6, 7], [2, 3, 4, 5, 7, 8, 9]];

    public static (CartoGroup Points, CartoGroup Lines, CartoGroup Polygons) Read(ReadOnlySpan<byte> tile)
    {
        var reader = new ProtobufReader(tile);
        var groups = new List<CartoGroup>();
        foreach (var number in new[] { 1, 2, 3 })
        {
            if (reader.ReadTag() != (number, 2)) throw new FormatException($"Group {number} is missing.");
            groups.Add(ReadGroup(reader.ReadBytes(), Fields[number - 1]));
        }

        return reader.IsAtEnd ? (groups[0], groups[1], groups[2]) : throw new FormatException("A tile has three groups.");
    }

    private static CartoGroup ReadGroup(ReadOnlySpan<byte> bytes, int[] fields)
    {
        var reader = new ProtobufReader(bytes);
        double[]? positions = null;
        var ints = new uint[4][];
        var properties = new List<IReadOnlyDictionary<string, string>>();
        var numbers = new Dictionary<string, double[]>();
        var ids = new List<ulong>();
        while (!reader.IsAtEnd)
        {
            var (field, _) = reader.ReadTag();
            var content = reader.ReadBytes();
            if (field == 1) positions = ReadDoubles(content, size: 2);
            else if (Array.IndexOf(fields, field) is var place and >= 0 and < 4) ints[place] = ReadInts(content);
            else if (field == fields[4]) properties.Add(ReadProperties(content));
            else if (field == fields[5]) AddNumbers(content, numbers);
            else if (field == fields[6]) ids.Add(ReadId(content));
            else throw new FormatException($"A group has no field {field}.");
        }

        if (positions is null || ints.Where((list, i) => fields[i] != 0 && list is null).Any())
            throw new FormatException("A message is missing: the client would crash.");
        return new CartoGroup(positions, ints[0] ?? [], ints[1], ints[2], ints[3] ?? [], properties, numbers, [.. ids]);
    }

    private static double[] ReadDoubles(ReadOnlySpan<byte> bytes, ulong size)
    {
        var reader = new ProtobufReader(bytes);
        var values = new List<double>();
        var (field, _) = reader.ReadTag();
        if (field == 1)
        {
            var packed = new ProtobufReader(reader.ReadBytes());
            while (!packed.IsAtEnd) values.Add(packed.ReadDouble());
            if (size == 0) return [.. values];
            (field, _) = reader.ReadTag();
        }

        return field == 2 && reader.ReadVarint() == size && reader.IsAtEnd ? [.. values] : throw new FormatException("Wrong size.");
    }

    private static uint[] ReadInts(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var values = new List<uint>();
        var (field, _) = reader.ReadTag();
        if (field == 1)
        {
            var packed = new ProtobufReader(reader.ReadBytes());
            while (!packed.IsAtEnd) values.Add((uint)packed.ReadVarint());
            (field, _) = reader.ReadTag();
        }

        return field == 2 && reader.ReadVarint() == 1 && reader.IsAtEnd ? [.. values] : throw new FormatException("Wrong size.");
    }

    private static Dictionary<string, string> ReadProperties(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var properties = new Dictionary<string, string>();
        while (!reader.IsAtEnd)
        {
            if (reader.ReadTag() != (1, 2)) throw new FormatException("Properties hold key-value pairs.");
            var pair = new ProtobufReader(reader.ReadBytes());
            pair.ReadTag();
            var key = Encoding.UTF8.GetString(pair.ReadBytes());
            pair.ReadTag();
            properties.Add(key, Encoding.UTF8.GetString(pair.ReadBytes()));
        }

        return properties;
    }

    private static void AddNumbers(ReadOnlySpan<byte> bytes, Dictionary<string, double[]> numbers)
    {
        var reader = new ProtobufReader(bytes);
        reader.ReadTag();
        var key = Encoding.UTF8.GetString(reader.ReadBytes());
        reader.ReadTag();
        numbers.Add(key, ReadDoubles(reader.ReadBytes(), size: 0));
    }

    private static ulong ReadId(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        if (reader.IsAtEnd) return 0;
        reader.ReadTag();
        return reader.ReadVarint();
    }
}
