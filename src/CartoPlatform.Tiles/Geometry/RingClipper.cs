namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Cuts a ring to a box, one side after the other (Sutherland and Hodgman 1974). How often the ring winds around
/// each place in the box stays as it was; parts that the box separates stay joined by edges along its sides,
/// which <see cref="LoopTracer"/> takes out after snapping.
/// </summary>
internal sealed class RingClipper : IDisposable
{
    private readonly PooledList<TilePoint> _front = new();
    private readonly PooledList<TilePoint> _back = new();

    /// <summary>The part of the ring in the box; valid until the next call.</summary>
    public ReadOnlySpan<TilePoint> Clip(ReadOnlySpan<TilePoint> ring, ClipBox box, Sides crossed)
    {
        var (from, to) = (_front, _back);
        for (var side = Sides.Left; side <= Sides.Bottom; side = (Sides)((int)side << 1))
        {
            if ((crossed & side) == 0 || ring.Length == 0) continue;
            ClipSide(ring, box, side, to);
            ring = to.Items;
            (from, to) = (to, from);
        }

        return ring;
    }

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private static void ClipSide(ReadOnlySpan<TilePoint> ring, ClipBox box, Sides side, PooledList<TilePoint> output)
    {
        output.Clear();
        var bound = side is Sides.Left or Sides.Top ? box.Low : box.High;
        var previous = ring[^1];
        var previousInside = IsInside(previous, bound, side);
        foreach (var point in ring)
        {
            var inside = IsInside(point, bound, side);
            if (inside != previousInside) output.Add(Cross(previous, point, bound, side));
            if (inside) output.Add(point);
            (previous, previousInside) = (point, inside);
        }
    }

    private static bool IsInside(TilePoint point, int bound, Sides side) => side switch
    {
        Sides.Left => point.X >= bound,
        Sides.Right => point.X <= bound,
        Sides.Top => point.Y >= bound,
        _ => point.Y <= bound,
    };

    private static TilePoint Cross(TilePoint a, TilePoint b, int bound, Sides side)
    {
        var vertical = side is Sides.Left or Sides.Right;
        // One order of the ends for both directions: two polygons cut their common edge at the same place.
        if (vertical ? a.X > b.X : a.Y > b.Y) (a, b) = (b, a);
        return vertical
            ? new TilePoint(bound, a.Y + (bound - a.X) / (b.X - a.X) * (b.Y - a.Y))
            : new TilePoint(a.X + (bound - a.Y) / (b.Y - a.Y) * (b.X - a.X), bound);
    }
}
