using System.Text.Json;
using CartoPlatform.PostGis.Filters.Spatial;

namespace CartoPlatform.PostGis.Tests.Filters.Spatial;

/// <summary>
/// What people draw, and outlines of whatever detail, are taken. What crosses itself everywhere is not: PostGIS would be at it for minutes, and a
/// caller who leaves meanwhile took the server down with him.
/// </summary>
public sealed class CrossingLimitTests
{
    private const int Positions = 100_000;

    public static TheoryData<string> Taken => ["viewport", "bow tie", "star of a hundred", "outline of all positions", "ten thousand squares side by side", "hole that touches"];

    public static TheoryData<string> Refused => ["zigzag that goes round", "scribble", "one square five thousand times", "grid of lines"];

    [Theory]
    [MemberData(nameof(Taken))]
    public void Polygon_is_read(string what)
    {
        var read = FilterPolygon.Read(Json(what), out var error);

        Assert.Null(error);
        Assert.NotNull(read);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Polygon_that_crosses_or_overlaps_itself_everywhere_is_refused(string what)
    {
        Assert.Null(FilterPolygon.Read(Json(what), out var error));
        Assert.Equal("A spatial filter crosses itself, or overlaps itself, too often to be repaired: simplify it", error);
    }

    private static JsonElement Json(string what)
    {
        var random = new Random(1);
        double[][][][] polygons = what switch
        {
            "viewport" => [[Square(-20, 40, 30)]],
            "bow tie" => [[[[0, 0], [10, 10], [10, 0], [0, 10], [0, 0]]]],
            // Each edge crosses almost all others.
            "star of a hundred" => [[Circle(41, 20)]],
            "outline of all positions" => [[Circle(Positions - 1, 1)]],
            "ten thousand squares side by side" => [.. Enumerable.Range(0, 10_000).Select(i => new[] { Square(i % 100, i / 100 * 0.5, 1, 0.5) })],
            "hole that touches" => [[Square(0, 0, 10), Square(0, 2, 3)]],
            "zigzag that goes round" => [[[[0, 0], .. Enumerable.Range(0, 30_000).Select(i => new double[] { i % 180, i % 80 }), [0, 0]]]],
            "scribble" => [[[.. Enumerable.Range(0, Positions).Select(_ => new[] { (random.NextDouble() * 360) - 180, (random.NextDouble() * 160) - 80 })]]],
            "one square five thousand times" => [.. Enumerable.Repeat(new[] { Square(0, 0, 10) }, 5_000)],
            "grid of lines" => [[[.. Enumerable.Range(0, 200).SelectMany(i => i % 2 == 0 ? new double[][] { [i * 0.1, 0], [i * 0.1, 20] } : [[0, i * 0.1], [20, i * 0.1]])]]],
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        return JsonSerializer.SerializeToElement(new { type = "MultiPolygon", coordinates = polygons });
    }

    private static double[][] Square(double west, double south, double width, double? height = null) =>
        [[west, south], [west + width, south], [west + width, south + (height ?? width)], [west, south + (height ?? width)], [west, south]];

    private static double[][] Circle(int count, int step) =>
        [.. Enumerable.Range(0, count + 1).Select(i => new[] { 60 * Math.Cos(2 * Math.PI * (i % count) * step / count), 60 * Math.Sin(2 * Math.PI * (i % count) * step / count) })];
}
