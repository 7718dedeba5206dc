using System.Buffers.Binary;
using System.Globalization;

namespace CartoPlatform.SqlApi.Values;

/// <summary>
/// <c>numeric</c> with every digit, as <c>numeric_out</c> writes it. Binary form: number of digits, weight of the first, sign, digits
/// behind the point to show (16 bits each), then the digits in base 10,000.
/// </summary>
internal static class NumericFormat
{
    private const int HeaderBytes = 8;
    private const int DigitsPerGroup = 4;
    private const ushort Negative = 0x4000;
    private const ushort NotANumber = 0xC000;

    public static void Write(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        var weight = BinaryPrimitives.ReadInt16BigEndian(value[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
        var scale = BinaryPrimitives.ReadUInt16BigEndian(value[6..]);
        if ((sign & NotANumber) == NotANumber)
        {
            // NaN, Infinity and -Infinity: JSON has none of them.
            output.Write("null"u8);
            return;
        }

        var groups = value[HeaderBytes..];
        if (sign == Negative) output.Write((byte)'-');
        WriteInteger(groups, weight, output);
        if (scale > 0) WriteFraction(groups, weight, scale, output);
    }

    /// <summary>The nearest double; NaN and the infinities are their own.</summary>
    public static double ToDouble(ReadOnlySpan<byte> value)
    {
        var sign = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
        if ((sign & NotANumber) == NotANumber) return sign switch { 0xD000 => double.PositiveInfinity, 0xF000 => double.NegativeInfinity, _ => double.NaN };
        using var text = new Utf8Buffer(64);
        Write(value, text);
        return double.Parse(text.Written.Span, CultureInfo.InvariantCulture);
    }

    private static void WriteInteger(ReadOnlySpan<byte> groups, int weight, Utf8Buffer output)
    {
        if (weight < 0)
        {
            output.Write((byte)'0');
            return;
        }

        output.Write(Group(groups, 0));
        for (var index = 1; index <= weight; index++) output.WriteDigits(Group(groups, index), DigitsPerGroup);
    }

    private static void WriteFraction(ReadOnlySpan<byte> groups, int weight, int scale, Utf8Buffer output)
    {
        output.Write((byte)'.');
        for (var (index, left) = (weight + 1, scale); left > 0; index++, left -= DigitsPerGroup)
        {
            output.WriteDigits(Group(groups, index), DigitsPerGroup);
            if (left < DigitsPerGroup) output.Advance(left - DigitsPerGroup);
        }
    }

    /// <summary>Groups before the first and behind the last are zero, and are not sent.</summary>
    private static ushort Group(ReadOnlySpan<byte> groups, int index) =>
        index >= 0 && index * sizeof(ushort) < groups.Length ? BinaryPrimitives.ReadUInt16BigEndian(groups[(index * sizeof(ushort))..]) : (ushort)0;
}
