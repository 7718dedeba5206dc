namespace CartoPlatform.Tiles.Geometry;

/// <summary>A directed edge on the grid, and the number of the ring that it was taken from.</summary>
internal readonly record struct Segment(GridPoint A, GridPoint B, int Ring)
{
    public int MinX => Math.Min(A.X, B.X);

    public int MaxX => Math.Max(A.X, B.X);

    public int MinY => Math.Min(A.Y, B.Y);

    public int MaxY => Math.Max(A.Y, B.Y);

    /// <summary>Whether the point lies on the segment, its ends included.</summary>
    public bool Holds(GridPoint point) =>
        point.X >= MinX && point.X <= MaxX && point.Y >= MinY && point.Y <= MaxY
        && GridPoint.Cross(A, B, point) == 0;

    /// <summary>Whether the point lies on the segment, its ends left out.</summary>
    public bool HoldsInside(GridPoint point) => point != A && point != B && Holds(point);

    /// <summary>How two segments whose boxes overlap meet. Exact.</summary>
    public static Contact Meet(in Segment first, in Segment second)
    {
        var c = Math.Sign(GridPoint.Cross(first.A, first.B, second.A));
        var d = Math.Sign(GridPoint.Cross(first.A, first.B, second.B));
        if (c * d > 0) return Contact.None;
        var a = Math.Sign(GridPoint.Cross(second.A, second.B, first.A));
        var b = Math.Sign(GridPoint.Cross(second.A, second.B, first.B));
        if (a * b > 0) return Contact.None;
        if (a * b < 0 && c * d < 0) return Contact.Cross;
        var touches = (c == 0 && first.Holds(second.A)) || (d == 0 && first.Holds(second.B))
            || (a == 0 && second.Holds(first.A)) || (b == 0 && second.Holds(first.B));
        return touches ? Contact.Touch : Contact.None;
    }

    /// <summary>Where two crossing segments meet, snapped to the grid.</summary>
    public static GridPoint Intersection(in Segment first, in Segment second)
    {
        double ux = first.B.X - first.A.X, uy = first.B.Y - first.A.Y;
        double vx = second.B.X - second.A.X, vy = second.B.Y - second.A.Y;
        var t = ((second.A.X - first.A.X) * vy - (second.A.Y - first.A.Y) * vx) / (ux * vy - uy * vx);
        return new TilePoint(first.A.X + t * ux, first.A.Y + t * uy).Snap();
    }
}
