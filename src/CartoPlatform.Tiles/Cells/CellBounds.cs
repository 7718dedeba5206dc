namespace CartoPlatform.Tiles.Cells;

/// <summary>Boxes around cells in degrees. One that lies on both sides of 180 degrees has a box around the whole world.</summary>
public static class CellBounds
{
    /// <summary>A box around the places of all descendants.</summary>
    public static Bounds Around(CellScheme scheme, long cell)
    {
        var box = CellArea.Around(scheme, cell);
        return box.MinX < -180 || box.MaxX > 180 ? new Bounds(-180, box.MinY, 180, box.MaxY) : new Bounds(box.MinX, box.MinY, box.MaxX, box.MaxY);
    }
}
