using System.Buffers.Text;
using System.Numerics;

namespace CartoPlatform.SqlApi.Values;

/// <summary>
/// The shortest decimal that reads back as the same double, as .NET writes it, in a fifth of the time: coordinates of geometry are most of
/// what an answer with geometry takes. The algorithm is Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020), in the
/// form of A. Bolz's Drachennest: the interval of decimals that round to the double is scaled to integers by one multiplication with a
/// power of ten of 128 bits, rounded to odd, so that comparing with its ends is exact.
/// </summary>
internal static class ShortestDouble
{
    // Between these .NET writes no exponent.
    private const double Least = 1e-4;
    private const double Bound = 1e15;

    private const int FractionBits = 52;
    private const int ExponentBias = 1023 + FractionBits;
    private const int MinPower = -292;
    private const int MaxPower = 324;

    private static readonly (ulong High, ulong Low)[] Powers = [.. Enumerable.Range(MinPower, MaxPower - MinPower + 1).Select(Power)];

    public static void Write(double value, Utf8Buffer output)
    {
        var magnitude = Math.Abs(value);
        if (magnitude is not (>= Least and < Bound))
        {
            output.Write(value);
            return;
        }

        if (value < 0) output.Write((byte)'-');
        var (digits, exponent) = ToDecimal(BitConverter.DoubleToUInt64Bits(magnitude));
        Write(digits, exponent, output);
    }

    private static void Write(ulong digits, int exponent, Utf8Buffer output)
    {
        while (exponent < 0 && digits % 10 == 0) (digits, exponent) = (digits / 10, exponent + 1);
        // 17 digits, and at most four zeros and the point before them.
        var text = output.GetSpan(32);
        Utf8Formatter.TryFormat(digits, text, out var length);
        if (exponent < 0) length = InsertPoint(text, length, -exponent);
        output.Advance(length);
    }

    /// <param name="text">Digits, with room behind them.</param>
    /// <param name="length">How many.</param>
    /// <param name="decimals">How many of them stand behind the point.</param>
    private static int InsertPoint(Span<byte> text, int length, int decimals)
    {
        var missing = Math.Max(0, decimals + 1 - length);
        text[..length].CopyTo(text[missing..]);
        text[..missing].Fill((byte)'0');
        length += missing;
        text[(length - decimals)..length].CopyTo(text[(length - decimals + 1)..]);
        text[length - decimals] = (byte)'.';
        return length + 1;
    }

    /// <param name="bits">Of a positive, normal double.</param>
    private static (ulong Digits, int Exponent) ToDecimal(ulong bits)
    {
        var fraction = bits & ((1UL << FractionBits) - 1);
        var c = fraction | (1UL << FractionBits);
        var q = (int)(bits >> FractionBits) - ExponentBias;
        // A whole number is its own shortest form below 2^53.
        if (q is <= 0 and > -64 && (c & ((1UL << -q) - 1)) == 0) return (c >> -q, 0);

        // At a power of two the neighbour below is half as far away as the one above.
        var isPowerOfTwo = fraction == 0;
        var k = isPowerOfTwo ? ((q * 1_262_611) - 524_031) >> 22 : (q * 1_262_611) >> 22;
        var shift = q + ((-k * 1_741_647) >> 19) + 1;
        var power = Powers[-k - MinPower];
        var lower = RoundToOdd(power, ((4 * c) - (isPowerOfTwo ? 1UL : 2UL)) << shift);
        var middle = RoundToOdd(power, (4 * c) << shift);
        var upper = RoundToOdd(power, ((4 * c) + 2) << shift);
        return Choose(lower + (c & 1), middle, upper - (c & 1), k);
    }

    // One digit less if that lies within the interval, else the nearer one of two neighbours that does.
    private static (ulong Digits, int Exponent) Choose(ulong lower, ulong middle, ulong upper, int k)
    {
        var s = middle / 4;
        var tens = s / 10;
        var (isTensBelow, isTensAbove) = (lower <= 40 * tens, (40 * tens) + 40 <= upper);
        if (s >= 10 && isTensBelow != isTensAbove) return (tens + (isTensAbove ? 1UL : 0UL), k + 1);

        var (isBelow, isAbove) = (lower <= 4 * s, (4 * s) + 4 <= upper);
        if (isBelow != isAbove) return (s + (isAbove ? 1UL : 0UL), k);
        var half = (4 * s) + 2;
        return (s + (middle > half || (middle == half && (s & 1) != 0) ? 1UL : 0UL), k);
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
