using System.Buffers.Binary;

namespace CartoPlatform.SqlApi.Values;

internal static class NumberFormats
{
    // Every integer up to here is a double of its own: 2^53.
    private const long MaxExact = 1L << 53;

    public static void Int16(ReadOnlySpan<byte> value, Utf8Buffer output) => output.Write(BinaryPrimitives.ReadInt16BigEndian(value));

    public static void Int32(ReadOnlySpan<byte> value, Utf8Buffer output) => output.Write(BinaryPrimitives.ReadInt32BigEndian(value));

    /// <summary>As text where a reader that knows only doubles would see another number.</summary>
    public static void Int64(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var number = BinaryPrimitives.ReadInt64BigEndian(value);
        if (number is >= -MaxExact and <= MaxExact)
        {
            output.Write(number);
            return;
        }

        output.Write((byte)'"');
        output.Write(number);
        output.Write((byte)'"');
    }

    /// <summary>With every digit, for readers to whom the nearest double is as good.</summary>
    public static void AnyInt64(ReadOnlySpan<byte> value, Utf8Buffer output) => output.Write(BinaryPrimitives.ReadInt64BigEndian(value));

    /// <summary>The shortest text that reads back as the same number; JSON has none for NaN and the infinities.</summary>
    public static void Single(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var number = BinaryPrimitives.ReadSingleBigEndian(value);
        if (float.IsFinite(number)) output.Write(number);
        else output.Write("null"u8);
    }

    /// <inheritdoc cref="Single"/>
    public static void Double(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var number = BinaryPrimitives.ReadDoubleBigEndian(value);
        if (double.IsFinite(number)) ShortestDouble.Write(number, output);
        else output.Write("null"u8);
    }
}
