namespace CartoPlatform.Tiles.Geometry;

/// <summary>A place on the grid of a tile, in units.</summary>
internal readonly record struct GridPoint(int X, int Y)
{
    /// <summary>Twice the signed area of the triangle; positive when a, b, c turn as an outer ring does (clockwise on screen, as y points down).</summary>
    public static long Cross(GridPoint a, GridPoint b, GridPoint c) =>
        (long)(b.X - a.X) * (c.Y - a.Y) - (long)(b.Y - a.Y) * (c.X - a.X);
}
