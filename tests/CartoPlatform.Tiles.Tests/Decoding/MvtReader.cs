using System.Text;

namespace CartoPlatform.Tiles.Tests.Decoding;

/// <summary>Decodes MVT 2.1 by the letter: whatever it forbids is a <see cref="FormatException"/>.</summary>
internal static class MvtReader
{
    public static IReadOnlyList<MvtLayer> Read(ReadOnlySpan<byte> tile)
    {
        var layers = new List<MvtLayer>();
        var reader = new ProtobufReader(tile);
        while (!reader.IsAtEnd)
        {
            if (reader.ReadTag() != (3, 2)) throw new FormatException("A tile has layers only.");
            layers.Add(ReadLayer(reader.ReadBytes()));
        }

        if (layers.Select(layer => layer.Name).Distinct().Count() != layers.Count) throw new FormatException("Two layers have one name.");
        return layers;
    }

    private static MvtLayer ReadLayer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var (name, extent, version) = ((string?)null, 4096, 0);
        var (keys, values, features) = (new List<string>(), new List<object>(), new List<byte[]>());
        while (!reader.IsAtEnd)
        {
            switch (reader.ReadTag())
            {
                case (1, 2): name = Encoding.UTF8.GetString(reader.ReadBytes()); break;
                case (2, 2): features.Add(reader.ReadBytes().ToArray()); break;
                case (3, 2): keys.Add(Encoding.UTF8.GetString(reader.ReadBytes())); break;
                case (4, 2): values.Add(ReadValue(reader.ReadBytes())); break;
                case (5, 0): extent = (int)reader.ReadVarint(); break;
                case (15, 0): version = (int)reader.ReadVarint(); break;
                case var tag: throw new FormatException($"A layer has no field {tag}.");
            }
        }

        var decoded = features.ConvertAll(feature => ReadFeature(feature, keys, values));
        if (keys.Distinct().Count() != keys.Count || values.Distinct().Count() != values.Count)
            throw new FormatException("A key or value is there twice.");
        if (name is null || version is not (1 or 2)) throw new FormatException("A layer has a name, and a version that is 1 or 2.");
        return new MvtLayer(name, extent, version, keys, values, decoded);
    }

    private static object ReadValue(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        object value = reader.ReadTag() switch
        {
            (1, 2) => Encoding.UTF8.GetString(reader.ReadBytes()),
            (2, 5) => reader.ReadFloat(),
            (3, 1) => reader.ReadDouble(),
            (4, 0) => (long)reader.ReadVarint(),
            (5, 0) => reader.ReadVarint(),
            (6, 0) => UnZigZag(reader.ReadVarint()),
            (7, 0) => reader.ReadVarint() != 0,
            var tag => throw new FormatException($"A value has no field {tag}."),
        };
        return reader.IsAtEnd ? value : throw new FormatException("A value has one field.");
    }

    private static MvtFeature ReadFeature(ReadOnlySpan<byte> bytes, List<string> keys, List<object> values)
    {
        var reader = new ProtobufReader(bytes);
        ulong? id = null;
        int? type = null;
        var properties = new Dictionary<string, object>();
        List<uint>? commands = null;
        while (!reader.IsAtEnd)
        {
            switch (reader.ReadTag())
            {
                case (1, 0): id = reader.ReadVarint(); break;
                case (3, 0): type = (int)reader.ReadVarint(); break;
                case (4, 2): commands = commands is null ? ReadPacked(reader.ReadBytes()) : throw new FormatException("A feature has one geometry."); break;
                case (2, 2):
                    var tags = ReadPacked(reader.ReadBytes());
                    if (tags.Count % 2 != 0) throw new FormatException("Tags come in pairs.");
                    for (var i = 0; i < tags.Count; i += 2)
                    {
                        if (!properties.TryAdd(At(keys, tags[i]), At(values, tags[i + 1]))) throw new FormatException("A feature has a key twice.");
                    }

                    break;
                case var tag: throw new FormatException($"A feature has no field {tag}.");
            }
        }

        if (commands is null || type is not (>= 0 and <= 3)) throw new FormatException("A feature has a geometry and a type from 0 to 3.");
        return new MvtFeature(id, type.Value, properties, ReadParts(commands, type.Value));
    }

    private static T At<T>(List<T> items, uint index) => index < items.Count ? items[(int)index] : throw new FormatException($"There is no key or value {index}.");

    private static List<(int X, int Y)[]> ReadParts(List<uint> commands, int type)
    {
        var parts = new List<(int X, int Y)[]>();
        var path = new List<(int X, int Y)>();
        var (x, y) = (0, 0);
        var isClosed = false;
        for (var i = 0; i < commands.Count;)
        {
            var (command, count) = (commands[i] & 7, commands[i] >> 3);
            i++;
            if (command == 7)
            {
                if (type != 3 || count != 1 || path.Count < 3 || isClosed) throw new FormatException("ClosePath ends a ring of three or more vertices.");
                isClosed = true;
                continue;
            }

            if (count == 0 || command is not (1 or 2)) throw new FormatException($"Command {command} with count {count}.");
            if (command == 1 && type != 1 && count != 1) throw new FormatException("Only points have several MoveTo.");
            if (command == 2 && (type == 1 || path.Count == 0 || isClosed)) throw new FormatException("LineTo goes on from a MoveTo, and not of points.");
            if (count > (commands.Count - i) / 2) throw new FormatException("A command has fewer coordinates than it says.");
            for (; count > 0; count--, i += 2)
            {
                if (command == 2 && commands[i] == 0 && commands[i + 1] == 0) throw new FormatException("A line goes nowhere.");
                (x, y) = (x + (int)UnZigZag(commands[i]), y + (int)UnZigZag(commands[i + 1]));
                if (command == 1) Finish();
                path.Add((x, y));
            }
        }

        Finish();
        return parts;

        void Finish()
        {
            if (path.Count == 0) return;
            if (type == 2 && path.Count < 2) throw new FormatException("A line has two or more vertices.");
            if (type == 3 && !isClosed) throw new FormatException("A ring is closed.");
            parts.Add([.. path]);
            path.Clear();
            isClosed = false;
        }
    }

    private static List<uint> ReadPacked(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        var values = new List<uint>();
        while (!reader.IsAtEnd) values.Add((uint)reader.ReadVarint());
        return values;
    }

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
