namespace CartoPlatform.Tiles.Geometry;

/// <summary>What a row's geometry leaves in a tile, by dimension: a collection may fill all three.</summary>
internal sealed class TileGeometry : IDisposable
{
    public PooledList<GridPoint> Points { get; } = new();

    /// <summary>The places of <see cref="Points"/> in degrees, not snapped; none where nobody takes them.</summary>
    public PooledList<TilePoint> PointDegrees { get; } = new();

    public LineSet Lines { get; } = new();

    public RingSet Polygons { get; set; } = new();

    public bool IsEmpty => Points.Count == 0 && Lines.Count == 0 && Polygons.PolygonCount == 0;

    public void Clear()
    {
        Points.Clear();
        PointDegrees.Clear();
        Lines.Clear();
        Polygons.Clear();
    }

    public void Dispose()
    {
        Points.Dispose();
        PointDegrees.Dispose();
        Lines.Dispose();
        Polygons.Dispose();
    }
}
