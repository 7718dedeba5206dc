using System.Buffers.Binary;
using System.Globalization;
using CartoPlatform.Tiles.H3;
using Xunit.Abstractions;

namespace CartoPlatform.Tiles.Tests.H3;

/// <summary>Our cells against those of h3-js.</summary>
public sealed class H3ReferenceTests(ITestOutputHelper output)
{
    // h3-golden.json has nine decimals: a tenth of a millimetre.
    private const double Tolerance = 2e-9;

    [Fact]
    public void Random_places_of_all_resolutions_have_the_cells_of_the_reference()
    {
        var (size, hashes) = H3Golden.Instance.Sequence;
        var sequence = new H3Sequence(1);
        foreach (var expected in hashes)
        {
            var hash = 0x811c9dc5u;
            for (var i = 0; i < size; i++)
            {
                var place = sequence.NextPlace();
                var cell = (ulong)H3Cell.FromDegrees(place.Longitude, place.Latitude, i % 16);
                hash = unchecked((hash ^ (uint)(cell >> 32)) * 0x01000193);
                hash = unchecked((hash ^ (uint)cell) * 0x01000193);
            }

            Assert.Equal(expected, hash);
        }
    }

    [Fact]
    public void Poles_antimeridian_and_longitudes_beyond_have_the_cells_of_the_reference()
    {
        foreach (var place in H3Golden.Instance.Places)
        {
            var cell = long.Parse(place[2].GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            Assert.Equal(cell, H3Cell.FromDegrees(place[0].GetDouble(), place[1].GetDouble(), H3Cell.Resolution(cell)));
        }
    }

    [Fact]
    public void Centres_and_corners_are_those_of_the_reference()
    {
        var corners = new LonLat[H3Cell.MaxCorners];
        foreach (var expected in H3Golden.Instance.Cells)
        {
            Assert.True(H3Cell.TryParse(expected.Cell, out var cell));
            Equal(new LonLat(expected.Center[0], expected.Center[1]), H3Cell.Center(cell), expected.Cell);
            var count = H3Cell.Boundary(cell, corners);
            Assert.True(expected.Corners.Length / 2 == count, $"{expected.Cell} has {expected.Corners.Length / 2} corners, not {count}");
            for (var i = 0; i < count; i++)
                Equal(new LonLat(expected.Corners[2 * i], expected.Corners[2 * i + 1]), corners[i], expected.Cell);
        }
    }

    /// <summary>The long form: a file of millions of places, see reference.mjs.</summary>
    [Fact]
    public void Places_of_a_file_have_the_cells_of_the_reference()
    {
        if (Environment.GetEnvironmentVariable("CARTO_H3_POINTS") is not { } path) return;

        var (places, others) = (0L, 0L);
        foreach (var (place, expected) in Read(path))
        {
            places++;
            var cell = H3Cell.FromDegrees(place.Longitude, place.Latitude, H3Cell.Resolution(expected));
            if (cell != expected && !IsOnBorder(place, cell, expected)) output.WriteLine($"{place}: {cell:x}, not {expected:x}");
            if (cell != expected) others++;
        }

        output.WriteLine($"{places} places, {others} of them on a border and in the other cell");
        Assert.True(places > 0);
        Assert.True(others * 1_000_000 <= places, $"{others} of {places} differ");
    }

    private static IEnumerable<(LonLat Place, long Cell)> Read(string path)
    {
        using var stream = new BufferedStream(File.OpenRead(path), 1 << 20);
        var record = new byte[24];
        while (stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length)
        {
            var place = new LonLat(BinaryPrimitives.ReadDoubleLittleEndian(record), BinaryPrimitives.ReadDoubleLittleEndian(record.AsSpan(8)));
            yield return (place, BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(16)));
        }
    }

    // As far from one centre as from the other, within a ten thousandth.
    private static bool IsOnBorder(LonLat place, long cell, long other) =>
        Math.Abs(Distance(place, H3Cell.Center(cell)) / Distance(place, H3Cell.Center(other)) - 1) < 1e-4;

    private static double Distance(LonLat a, LonLat b) =>
        (Vector3.FromRadians(double.DegreesToRadians(a.Longitude), double.DegreesToRadians(a.Latitude))
            - Vector3.FromRadians(double.DegreesToRadians(b.Longitude), double.DegreesToRadians(b.Latitude))).Length;

    private static void Equal(LonLat expected, LonLat actual, string cell)
    {
        var shrink = Math.Cos(double.DegreesToRadians(expected.Latitude));
        var longitude = Math.IEEERemainder(expected.Longitude - actual.Longitude, 360) * shrink;
        Assert.True(
            Math.Abs(longitude) < Tolerance && Math.Abs(expected.Latitude - actual.Latitude) < Tolerance, $"{cell}: {actual}, not {expected}");
    }
}
