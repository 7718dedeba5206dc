namespace CartoPlatform.Tiles.Geometry;

/// <summary>The square of a tile and its buffer, in units: from <paramref name="Low"/> to <paramref name="High"/> on both axes.</summary>
internal readonly record struct ClipBox(int Low, int High)
{
    public static ClipBox Of(TileGrid grid) => new(-grid.Buffer, grid.Extent + grid.Buffer);

    public Sides SidesBeyond(TilePoint point) =>
        (point.X < Low ? Sides.Left : point.X > High ? Sides.Right : Sides.None)
        | (point.Y < Low ? Sides.Top : point.Y > High ? Sides.Bottom : Sides.None);

    public bool Contains(GridPoint point) =>
        point.X >= Low && point.X <= High && point.Y >= Low && point.Y <= High;
}
