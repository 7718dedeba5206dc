namespace CartoPlatform.Tiles.Geometry;

/// <summary>Cuts a segment to a box (Liang and Barsky 1984).</summary>
internal static class LineClipper
{
    /// <summary>False when no part of the segment lies in the box; ends that lie in it stay bit for bit.</summary>
    public static bool TryClip(ClipBox box, ref TilePoint start, ref TilePoint end)
    {
        double enter = 0, leave = 1;
        var dx = end.X - start.X;
        var dy = end.Y - start.Y;
        if (!Narrow(-dx, start.X - box.Low, ref enter, ref leave)
            || !Narrow(dx, box.High - start.X, ref enter, ref leave)
            || !Narrow(-dy, start.Y - box.Low, ref enter, ref leave)
            || !Narrow(dy, box.High - start.Y, ref enter, ref leave))
            return false;
        var from = start;
        if (enter > 0) start = At(box, from, dx, dy, enter);
        if (leave < 1) end = At(box, from, dx, dy, leave);
        return true;
    }

    // The rounding of the product may step over the side that it was computed for.
    private static TilePoint At(ClipBox box, TilePoint from, double dx, double dy, double t) =>
        new(Math.Clamp(from.X + t * dx, box.Low, box.High), Math.Clamp(from.Y + t * dy, box.Low, box.High));

    private static bool Narrow(double direction, double distance, ref double enter, ref double leave)
    {
        if (direction == 0) return distance >= 0;
        var t = distance / direction;
        if (direction < 0)
            enter = Math.Max(enter, t);
        else
            leave = Math.Min(leave, t);
        return enter <= leave;
    }
}
