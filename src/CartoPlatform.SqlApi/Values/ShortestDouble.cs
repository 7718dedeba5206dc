using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace CartoPlatform.SqlApi.Values;

/// <summary>
/// The shortest decimal that reads back as the same double, as .NET writes it, in a fraction of the time: coordinates of geometry are
/// most of what an answer with geometry takes. The algorithm is Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020):
/// the interval of decimals that round to the double is scaled by a power of ten until it holds one or two integers. The scaling keeps
/// 64 bits behind the point, with which nearly all comparisons with the interval's ends are decided; those that are not are made
/// exactly, in the form of A. Bolz's Drachennest, by products rounded to odd.
/// </summary>
internal static class ShortestDouble
{
    /// <summary>Room that a number needs: more than its characters, because digits are written eight at a time.</summary>
    public const int MaxBytes = 48;

    // Between these .NET writes no exponent.
    private const double Least = 1e-4;
    private const double Bound = 1e15;

    private const int FractionBits = 52;
    private const ulong HiddenBit = 1UL << FractionBits;
    private const int ExponentBias = 1023 + FractionBits;
    private const int MinPower = -292;
    private const int MaxPower = 324;

    // A fixed point number of 4 and 60 bits, in which the last digit and half of the interval are compared.
    private const int DigitShift = 60;
    private const ulong Ten = 10UL << DigitShift;
    private const ulong Half = 1UL << 63;

    // By so much may one be wrong that was made of truncated ones.
    private const ulong Doubt = 4;

    private static readonly (ulong High, ulong Low)[] Powers = [.. Enumerable.Range(MinPower, MaxPower - MinPower + 1).Select(Power)];

    public static void Write(double value, Utf8Buffer output) => output.Advance(Write(value, output.GetSpan(MaxBytes)));

    /// <param name="value">A finite number.</param>
    /// <param name="text">Of <see cref="MaxBytes"/> at least.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(double value, Span<byte> text)
    {
        var magnitude = Math.Abs(value);
        if (magnitude is not (>= Least and < Bound))
        {
            value.TryFormat(text, out var written, default, CultureInfo.InvariantCulture);
            return written;
        }

        var sign = 0;
        if (value < 0)
        {
            text[0] = (byte)'-';
            text = text[1..];
            sign = 1;
        }

        var bits = BitConverter.DoubleToUInt64Bits(magnitude);
        var c = (bits & (HiddenBit - 1)) | HiddenBit;
        var q = (int)(bits >> FractionBits) - ExponentBias;
        // A whole number is its own shortest form below 2^53.
        if (q is <= 0 and > -64 && (c & ((1UL << -q) - 1)) == 0)
        {
            Utf8Formatter.TryFormat(c >> -q, text, out var written);
            return sign + written;
        }

        var (digits, exponent) = ToDecimal(c, q);
        return sign + DecimalText.Write(digits, exponent, text);
    }

    /// <summary>16 or 17 digits, zeros at their end among them, and the power of ten that they are to be multiplied with.</summary>
    private static (ulong Digits, int Exponent) ToDecimal(ulong c, int q)
    {
        // At a power of two the neighbour below is half as far away as the one above.
        if (c == HiddenBit) return ToDecimalExactly(c, q);

        var k = (q * 1_262_611) >> 22;
        var shift = Shift(q, k);
        var power = Powers[-k - MinPower];
        var carry = Math.BigMul(power.Low, c << shift, out _);
        var whole = Math.BigMul(power.High, c << shift, out var fraction);
        fraction += carry;
        if (fraction < carry) whole++;

        var tens = whole / 10;
        var digit = ((whole - (10 * tens)) << DigitShift) | (fraction >> (64 - DigitShift));
        var half = power.High >> (65 - DigitShift - shift);
        if (IsNear(digit, half) || IsNear(digit + half, Ten) || IsNear(fraction, Half)) return ToDecimalExactly(c, q);

        // One digit less if that lies within the interval, else the nearest integer.
        if (digit < half) return (10 * tens, k);
        return digit + half > Ten ? (10 * (tens + 1), k) : (whole + (fraction >> 63), k);
    }

    private static bool IsNear(ulong one, ulong other) => one - other + Doubt <= 2 * Doubt;

    private static (ulong Digits, int Exponent) ToDecimalExactly(ulong c, int q)
    {
        var isPowerOfTwo = c == HiddenBit;
        var k = isPowerOfTwo ? ((q * 1_262_611) - 524_031) >> 22 : (q * 1_262_611) >> 22;
        var shift = Shift(q, k);
        var power = Powers[-k - MinPower];
        var lower = RoundToOdd(power, ((4 * c) - (isPowerOfTwo ? 1UL : 2UL)) << shift);
        var middle = RoundToOdd(power, (4 * c) << shift);
        var upper = RoundToOdd(power, ((4 * c) + 2) << shift);
        return (Choose(lower + (c & 1), middle, upper - (c & 1)), k);
    }

    private static int Shift(int q, int k) => q + ((-k * 1_741_647) >> 19) + 1;

    // The same choice, on numbers multiplied by four.
    private static ulong Choose(ulong lower, ulong middle, ulong upper)
    {
        var s = middle / 4;
        var tens = s / 10;
        var (isTensBelow, isTensAbove) = (lower <= 40 * tens, (40 * tens) + 40 <= upper);
        if (isTensBelow != isTensAbove) return 10 * (tens + (isTensAbove ? 1UL : 0UL));

        var (isBelow, isAbove) = (lower <= 4 * s, (4 * s) + 4 <= upper);
        if (isBelow != isAbove) return s + (isAbove ? 1UL : 0UL);
        var half = (4 * s) + 2;
        return s + (middle > half || (middle == half && (s & 1) != 0) ? 1UL : 0UL);
    }

    private static ulong RoundToOdd((ulong High, ulong Low) power, ulong value)
    {
        var carry = Math.BigMul(power.Low, value, out _);
        var high = Math.BigMul(power.High, value, out var low);
        low += carry;
        if (low < carry) high++;
        return high | (low > 1 ? 1UL : 0UL);
    }

    /// <summary>The first 128 bits of 10^<paramref name="exponent"/>, rounded up.</summary>
    private static (ulong High, ulong Low) Power(int exponent)
    {
        const int Bits = 128;
        var power = BigInteger.Pow(10, Math.Abs(exponent));
        var length = (int)power.GetBitLength();
        var scaled = exponent >= 0
            ? length <= Bits ? power << (Bits - length) : Divide(power, BigInteger.One << (length - Bits))
            : Divide(BigInteger.One << (Bits - 1 + length), power);
        return ((ulong)(scaled >> 64), (ulong)(scaled & ulong.MaxValue));

        static BigInteger Divide(BigInteger dividend, BigInteger divisor) => (dividend + divisor - 1) / divisor;
    }
}
