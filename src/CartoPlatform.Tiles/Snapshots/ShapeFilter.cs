namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Which shapes a tile shows.</summary>
/// <param name="Box">In the units of the snapshot's reference system.</param>
/// <param name="LeastSize">Smaller ones in both directions are not shown; null for all.</param>
public readonly record struct ShapeFilter(Bounds Box, double? LeastSize)
{
    private const double RadiansPerDegree = 0.0174532925199432957692;
    private const double MaxLatitude = 85;

    internal bool Admits(in ShapeBox box, bool isMetric)
    {
        if (LeastSize is not { } size || box.Width >= size) return true;
        // Away from the equator a degree of latitude takes more room on the map than one of longitude.
        return box.Height >= (isMetric ? size : size * Math.Cos(Math.Clamp((double)box.South, -MaxLatitude, MaxLatitude) * RadiansPerDegree));
    }
}
