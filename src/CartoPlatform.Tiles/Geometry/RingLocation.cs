namespace CartoPlatform.Tiles.Geometry;

/// <summary>Whether one ring lies inside another that it may touch but does not cross.</summary>
internal static class RingLocation
{
    /// <summary>True inside, false outside, null when the rings coincide wherever they were compared.</summary>
    public static bool? Of(ReadOnlySpan<GridPoint> inner, ReadOnlySpan<GridPoint> outer)
    {
        foreach (var vertex in inner)
        {
            if (Of(vertex, outer, scale: 1) is { } inside) return inside;
        }

        // All vertices lie on the other ring: look at the middles of the edges, on a grid twice as fine.
        for (var i = 0; i < inner.Length; i++)
        {
            var next = inner[i + 1 < inner.Length ? i + 1 : 0];
            var middle = new GridPoint(inner[i].X + next.X, inner[i].Y + next.Y);
            if (Of(middle, outer, scale: 2) is { } inside) return inside;
        }

        return null;
    }

    // Even-odd crossing count; null on the ring.
    private static bool? Of(GridPoint point, ReadOnlySpan<GridPoint> ring, int scale)
    {
        var inside = false;
        var a = Scale(ring[^1], scale);
        foreach (var vertex in ring)
        {
            var b = Scale(vertex, scale);
            if (Math.Min(a.Y, b.Y) <= point.Y && point.Y <= Math.Max(a.Y, b.Y))
            {
                if (new Segment(a, b, 0).Holds(point)) return null;
                if (a.Y > point.Y != b.Y > point.Y && GridPoint.Cross(a, b, point) > 0 == b.Y > a.Y) inside = !inside;
            }

            a = b;
        }

        return inside;
    }

    private static GridPoint Scale(GridPoint point, int scale) => new(point.X * scale, point.Y * scale);
}
