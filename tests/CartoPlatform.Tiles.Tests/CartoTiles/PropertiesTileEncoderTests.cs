using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.Tiles.Tests.CartoTiles;

/// <summary>Texts once for each key, numbers by the place of the feature (contract, section 4.6).</summary>
public sealed class PropertiesTileEncoderTests
{
    private static readonly TileColumn[] Columns =
        [new("key", TileColumnKind.Text), new("people", TileColumnKind.Number), new("name", TileColumnKind.Text), new("share", TileColumnKind.Number)];

    [Fact]
    public void Texts_are_there_once_and_numbers_for_each_feature()
    {
        using var encoder = new PropertiesTileEncoder(Columns);
        foreach (var (key, people, isNew) in ((string, int?, bool)[])[("a", 10, true), ("b", null, true), ("a", 30, false)])
        {
            encoder.BeginFeature();
            encoder.Add(0, Encoding.UTF8.GetBytes(key));
            if (people is { } some) encoder.Add(1, (long)some);
            if (key == "a") encoder.Add(2, "Ä"u8);
            encoder.Add(3, 0.5);
            encoder.EndFeature(isNew);
        }

        var (texts, numbers) = Decode(encoder);
        Assert.Equal(3, encoder.FeatureCount);
        Assert.Equal(["key=a,name=Ä", "key=b"], texts);
        Assert.Equal(["people", "share"], numbers.Keys);
        Assert.Equal([10, double.NaN, 30], numbers["people"]);
        Assert.Equal([0.5, 0.5, 0.5], numbers["share"]);
    }

    [Fact]
    public void Without_features_there_are_columns_without_values()
    {
        using var encoder = new PropertiesTileEncoder(Columns);

        var (texts, numbers) = Decode(encoder);
        Assert.Empty(texts);
        Assert.Equal(["people", "share"], numbers.Keys);
        Assert.All(numbers.Values, Assert.Empty);
    }

    [Fact]
    public void Columns_out_of_order_are_refused()
    {
        using var encoder = new PropertiesTileEncoder(Columns);
        encoder.BeginFeature();
        encoder.Add(2, "x"u8);

        Assert.Throws<InvalidOperationException>(() => encoder.Add(1, 1L));
        Assert.Throws<InvalidOperationException>(encoder.BeginFeature);
    }

    private static (List<string> Texts, Dictionary<string, double[]> Numbers) Decode(PropertiesTileEncoder encoder)
    {
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        var (texts, numbers) = (new List<string>(), new Dictionary<string, double[]>());
        var tile = new ProtobufReader(output.WrittenSpan);
        while (!tile.IsAtEnd)
        {
            var (field, _) = tile.ReadTag();
            var bytes = tile.ReadBytes();
            if (field == 1) texts.Add(Texts(bytes));
            else AddNumbers(bytes, numbers);
        }

        return (texts, numbers);
    }

    private static string Texts(ReadOnlySpan<byte> bytes)
    {
        var pairs = new List<string>();
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            reader.ReadTag();
            var (key, value) = Entry(reader.ReadBytes());
            pairs.Add($"{key}={Encoding.UTF8.GetString(value)}");
        }

        return string.Join(',', pairs);
    }

    private static void AddNumbers(ReadOnlySpan<byte> bytes, Dictionary<string, double[]> numbers)
    {
        var (key, value) = Entry(bytes);
        var (values, packed) = (new List<double>(), default(byte[]));
        var reader = new ProtobufReader(value);
        while (!reader.IsAtEnd)
        {
            reader.ReadTag();
            packed = reader.ReadBytes().ToArray();
        }

        var doubles = new ProtobufReader(packed);
        while (!doubles.IsAtEnd) values.Add(doubles.ReadDouble());
        numbers.Add(key, [.. values]);
    }

    private static (string Key, byte[] Value) Entry(ReadOnlySpan<byte> bytes)
    {
        var (key, value) = ("", Array.Empty<byte>());
        var reader = new ProtobufReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (field, _) = reader.ReadTag();
            if (field == 1) key = Encoding.UTF8.GetString(reader.ReadBytes());
            else value = reader.ReadBytes().ToArray();
        }

        return (key, value);
    }
}
