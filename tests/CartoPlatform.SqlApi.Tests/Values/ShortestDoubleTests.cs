using System.Globalization;
using System.Text;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Tests.Values;

/// <summary>.NET's own shortest form is the oracle.</summary>
public sealed class ShortestDoubleTests
{
    private const int Count = 300_000;

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(-1.0)]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.30000000000000004)]
    [InlineData(100.0)]
    [InlineData(123456.5)]
    [InlineData(-3.7037)]
    [InlineData(9007199254740991.0)]
    [InlineData(9007199254740993.0)]
    [InlineData(999999999999999.9)]
    [InlineData(1e15)]
    [InlineData(1e16)]
    [InlineData(1e-5)]
    [InlineData(0.000012345678901234567)]
    [InlineData(9.999999999999999e-6)]
    [InlineData(5e-324)]
    [InlineData(double.MaxValue)]
    [InlineData(2.2250738585072014e-308)]
    public void Number_is_written_as_dotnet_writes_it(double value) => AssertSame(value);

    [Fact]
    public void Coordinates_of_all_lengths_are_written_as_dotnet_writes_them()
    {
        var random = new Random(1);
        for (var i = 0; i < Count; i++) AssertSame(Math.Round((random.NextDouble() * 360) - 180, random.Next(0, 16)));
    }

    [Fact]
    public void Numbers_of_all_bits_are_written_as_dotnet_writes_them()
    {
        var random = new Random(2);
        for (var i = 0; i < Count; i++)
        {
            // Exponents around those that are written without one.
            var bits = ((ulong)random.Next(1023 - 20, 1023 + 53) << 52) | (ulong)random.NextInt64(1L << 52);
            AssertSame(BitConverter.UInt64BitsToDouble(bits));
        }
    }

    [Fact]
    public void Powers_of_two_and_of_ten_and_their_neighbours_are_written_as_dotnet_writes_them()
    {
        var centres = Enumerable.Range(-30, 90).Select(i => Math.Pow(2, i)).Concat(Enumerable.Range(-8, 26).Select(i => Math.Pow(10, i)));
        AssertSame(-0.0);
        foreach (var centre in centres)
        {
            AssertSame(centre);
            AssertSame(Math.BitIncrement(centre));
            AssertSame(Math.BitDecrement(centre));
        }
    }

    private static void AssertSame(double value)
    {
        using var output = new Utf8Buffer(64);
        ShortestDouble.Write(value, output);
        var text = Encoding.ASCII.GetString(output.Written.Span);
        var expected = value.ToString("R", CultureInfo.InvariantCulture);
        if (text != expected) Assert.Fail($"{text} for {expected}");
    }
}
