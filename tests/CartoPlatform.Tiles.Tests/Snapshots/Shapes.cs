using CartoPlatform.Tiles.Tests.Geometry;

namespace CartoPlatform.Tiles.Tests.Snapshots;

/// <summary>Lines and polygons as tables have them and as they should not: small and huge, with holes in and out of place, crossing themselves, beyond the poles and the world.</summary>
internal static class Shapes
{
    public const double CenterX = 11;
    public const double CenterY = 48;

    public static byte[] Random(bool polygons, int srid, Random random)
    {
        var isMulti = random.Next(3) == 0;
        var (single, multi) = polygons ? (3u, 6u) : (2u, 5u);
        if (!isMulti) return Part(new Ewkb().Header(single, srid), polygons, srid, random).ToArray();
        var count = random.Next(4);
        var ewkb = new Ewkb().Header(multi, srid).Count(count);
        for (var i = 0; i < count; i++) ewkb.Part(Part(new Ewkb().Header(single), polygons, srid, random).ToArray());
        return ewkb.ToArray();
    }

    public static double[] Walk(Random random, int vertices, double x, double y, double step)
    {
        var ordinates = new double[2 * vertices];
        for (var i = 0; i < vertices; i++)
        {
            (ordinates[2 * i], ordinates[2 * i + 1]) = (x, y);
            (x, y) = (x + (random.NextDouble() - 0.5) * step, y + (random.NextDouble() - 0.5) * step);
        }

        return ordinates;
    }

    private static Ewkb Part(Ewkb ewkb, bool polygon, int srid, Random random)
    {
        var (x, y) = random.Next(4) == 0
            ? (random.NextDouble() * 420 - 210, random.NextDouble() * 200 - 100)
            : (CenterX + random.NextDouble() * 4 - 2, CenterY + random.NextDouble() * 4 - 2);
        var size = random.Next(3) switch { 0 => 0.01, 1 => 1, _ => 30 * random.NextDouble() };
        var vertices = random.Next(8) == 0 ? random.Next(60, polygon ? 120 : 600) : random.Next(2, 40);
        if (!polygon) return ewkb.Sequence(In(srid, Walk(random, vertices, x, y, size)));
        var rings = 1 + Math.Max(0, random.Next(5) - 2);
        ewkb.Count(rings);
        for (var ring = 0; ring < rings; ring++)
        {
            // A walk crosses itself all the time, a star only where its hole is out of place.
            var outline = random.Next(6) == 0 ? Walk(random, vertices % 20 + 2, x, y, size) : Star(random, vertices + 2, x, y, ring == 0 ? size : size * random.NextDouble() * 0.8);
            ewkb.Sequence(In(srid, [.. outline, outline[0], outline[1]]));
        }

        return ewkb;
    }

    private static double[] Star(Random random, int vertices, double x, double y, double size)
    {
        var ordinates = new double[2 * vertices];
        for (var i = 0; i < vertices; i++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * i / vertices);
            var radius = size * (0.6 + 0.4 * random.NextDouble());
            (ordinates[2 * i], ordinates[2 * i + 1]) = (x + radius * cos, y + radius * sin);
        }

        return ordinates;
    }

    private static double[] In(int srid, double[] degrees)
    {
        if (srid != WebMercator.Srid) return degrees;
        for (var i = 0; i < degrees.Length; i += 2)
        {
            degrees[i] *= WebMercator.HalfWorldMeters / 180;
            degrees[i + 1] = WebMercator.MetersY(WebMercator.WorldY(Math.Clamp(degrees[i + 1], -85, 85))) + (Math.Abs(degrees[i + 1]) > 85 ? degrees[i + 1] * 1e5 : 0);
        }

        return degrees;
    }
}
