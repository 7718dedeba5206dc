namespace CartoPlatform.Tiles.Geometry;

/// <summary>The surveyor's formula on the grid.</summary>
internal static class RingArea
{
    /// <summary>Twice the area; positive for outer rings by MVT 2.1 (clockwise on screen, as y points down).</summary>
    public static long Twice(ReadOnlySpan<GridPoint> ring)
    {
        long sum = 0;
        if (ring.IsEmpty) return sum;
        var previous = ring[^1];
        foreach (var point in ring)
        {
            sum += (long)previous.X * point.Y - (long)point.X * previous.Y;
            previous = point;
        }

        return sum;
    }
}
