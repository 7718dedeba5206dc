namespace CartoPlatform.Benchmarks.Tiles;

/// <summary>Rows as PostGIS sends them, the same in every run: EWKB in EPSG:4326 within one tile of zoom 12.</summary>
internal static class TileRows
{
    public static readonly CartoPlatform.Tiles.TileAddress Tile = CartoPlatform.Tiles.TileAddress.Create(12, 1409, 2471);

    private const uint SridFlag = 0x20000000;

    public static byte[][] Points(int count)
    {
        var random = new Random(1);
        return Rows(count, _ => Geometry(1, withCount: false, [Place(random)]));
    }

    /// <summary>Streets: seven vertices, a few of them over the side of the tile.</summary>
    public static byte[][] Lines(int count)
    {
        var random = new Random(2);
        return Rows(count, _ => Geometry(2, withCount: true, Walk(Place(random), random, 7)));
    }

    /// <summary>Buildings and parks: rings of 5 to 33 vertices.</summary>
    public static byte[][] Polygons(int count)
    {
        var random = new Random(3);
        return Rows(count, _ => Geometry(3, withCount: true, Circle(Place(random), random, random.Next(4, 33))));
    }

    private static byte[][] Rows(int count, Func<int, byte[]> make) => [.. Enumerable.Range(0, count).Select(make)];

    private static (double X, double Y) Place(Random random)
    {
        var bounds = Tile.DegreeBounds;
        return (bounds.West + random.NextDouble() * bounds.Width, bounds.South + random.NextDouble() * bounds.Height);
    }

    private static (double X, double Y)[] Walk((double X, double Y) place, Random random, int count)
    {
        var places = new (double X, double Y)[count];
        for (var i = 0; i < count; i++)
        {
            places[i] = place;
            place = (place.X + (random.NextDouble() - 0.4) * 0.002, place.Y + (random.NextDouble() - 0.4) * 0.002);
        }

        return places;
    }

    private static (double X, double Y)[] Circle((double X, double Y) center, Random random, int count)
    {
        var places = new (double X, double Y)[count + 1];
        for (var i = 0; i < count; i++)
        {
            var (angle, radius) = (2 * Math.PI * i / count, 0.0003 * (0.5 + random.NextDouble()));
            places[i] = (center.X + radius * Math.Cos(angle), center.Y + radius * Math.Sin(angle));
        }

        places[count] = places[0];
        return places;
    }

    private static byte[] Geometry(uint type, bool withCount, (double X, double Y)[] places)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((byte)1);
        writer.Write(type | SridFlag);
        writer.Write(4326);
        if (type == 3) writer.Write(1);
        if (withCount) writer.Write(places.Length);
        foreach (var (x, y) in places)
        {
            writer.Write(x);
            writer.Write(y);
        }

        return stream.ToArray();
    }
}
