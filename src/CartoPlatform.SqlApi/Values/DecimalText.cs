using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace CartoPlatform.SqlApi.Values;

/// <summary>Writes a decimal number of 16 or 17 digits that has a fraction, without zeros at its end.</summary>
internal static class DecimalText
{
    private const ulong E16 = 10_000_000_000_000_000;
    private const uint E8 = 100_000_000;
    private const ulong Zeros = 0x3030_3030_3030_3030;

    /// <param name="digits">From 10^15 on, below 10^17.</param>
    /// <param name="exponent">The power of ten to multiply with; so small that there is a fraction, and not less than 10^-4 in all.</param>
    /// <param name="text">Of 40 bytes at least: digits are written eight at a time.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ulong digits, int exponent, Span<byte> text)
    {
        var first = digits / E16;
        digits -= first * E16;
        var count = first == 0 ? 16 : 17;
        var before = count + exponent;
        if (before > 0)
        {
            var length = WriteDigits(first, digits, text);
            // The point goes in between. What stands behind the digits moves along, and is not part of the text.
            Vector128.Create<byte>(text.Slice(before, 16)).CopyTo(text[(before + 1)..]);
            text[before] = (byte)'.';
            return length + 1;
        }

        "0.000"u8.CopyTo(text);
        return 2 - before + WriteDigits(first, digits, text[(2 - before)..]);
    }

    /// <returns>How many there are up to the last that is not zero.</returns>
    private static int WriteDigits(ulong first, ulong others, Span<byte> text)
    {
        var start = 0;
        if (first != 0) text[start++] = (byte)('0' + first);
        var upper = others / E8;
        var (high, low) = (EightDigits(upper), EightDigits(others - (upper * E8)));
        BinaryPrimitives.WriteUInt64LittleEndian(text[start..], high | Zeros);
        BinaryPrimitives.WriteUInt64LittleEndian(text[(start + 8)..], low | Zeros);
        var zeros = low != 0 ? BitOperations.LeadingZeroCount(low) / 8 : 8 + (BitOperations.LeadingZeroCount(high) / 8);
        return start + 16 - zeros;
    }

    /// <summary>
    /// Eight digits as bytes, the first in the lowest: two halves are parted from each other, in all lanes at a time, until each digit
    /// is alone. Divisions are by multiplication with a rounded reciprocal, exact in these ranges.
    /// </summary>
    private static ulong EightDigits(ulong number)
    {
        var fours = number + ((0x1_0000_0000 - 10_000) * ((number * 109_951_163) >> 40));
        var twos = fours + ((0x1_0000 - 100) * (((fours * 10_486) >> 20) & 0x7F_0000_007F));
        var ones = twos + ((0x100 - 10) * (((twos * 103) >> 10) & 0xF_000F_000F_000F));
        return BinaryPrimitives.ReverseEndianness(ones);
    }
}
