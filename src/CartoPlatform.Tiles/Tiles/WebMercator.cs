namespace CartoPlatform.Tiles;

/// <summary>
/// EPSG:3857 and its world square: fractions from 0 (west, north) to 1 (east, south).
/// Latitudes are clamped to the square; longitudes are not, they may lie beyond it.
/// </summary>
public static class WebMercator
{
    public const int Srid = 3857;

    /// <summary>Half the circumference of the sphere of 6,378,137 m.</summary>
    public const double HalfWorldMeters = 20037508.342789244;

    /// <summary>Where the square ends, in degrees north and south.</summary>
    public const double MaxLatitude = 85.0511287798066;

    public static double WorldX(double longitude) => longitude / 360 + 0.5;

    public static double WorldY(double latitude)
    {
        if (latitude >= MaxLatitude) return 0;
        if (latitude <= -MaxLatitude) return 1;
        return UnclampedWorldY(latitude);
    }

    public static double Longitude(double worldX) => (worldX - 0.5) * 360;

    public static double Latitude(double worldY) =>
        Math.Atan(Math.Sinh((0.5 - worldY) * (2 * Math.PI))) * (180 / Math.PI);

    public static double MetersX(double worldX) => (worldX - 0.5) * (2 * HalfWorldMeters);

    public static double MetersY(double worldY) => (0.5 - worldY) * (2 * HalfWorldMeters);

    public static double WorldXFromMeters(double x) => x / (2 * HalfWorldMeters) + 0.5;

    public static double WorldYFromMeters(double y) => Math.Clamp(UnclampedWorldYFromMeters(y), 0, 1);

    /// <summary>Takes latitudes up to the poles, which come out about six worlds away.</summary>
    internal static double UnclampedWorldY(double latitude)
    {
        // The sine is faster, but no longer tells latitudes near the pole apart.
        if (Math.Abs(latitude) > 86)
        {
            var northing = Math.Log(Math.Tan(Math.PI / 4 + Math.Abs(latitude) * (Math.PI / 360))) / (2 * Math.PI);
            return 0.5 - Math.CopySign(northing, latitude);
        }

        var sine = Math.Sin(latitude * (Math.PI / 180));
        return 0.5 - Math.Log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    }

    internal static double UnclampedWorldYFromMeters(double y) => 0.5 - y / (2 * HalfWorldMeters);
}
