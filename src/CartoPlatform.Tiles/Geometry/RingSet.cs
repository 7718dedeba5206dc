namespace CartoPlatform.Tiles.Geometry;

/// <summary>The polygons of one feature as rings over one list of vertices.</summary>
internal sealed class RingSet : IDisposable
{
    private readonly PooledList<GridPoint> _vertices = new();
    private readonly PooledList<Ring> _rings = new();

    public ReadOnlySpan<Ring> Rings => _rings.Items;

    public ReadOnlySpan<GridPoint> Vertices => _vertices.Items;

    public int PolygonCount { get; private set; }

    public ReadOnlySpan<GridPoint> this[in Ring ring] => _vertices.Items.Slice(ring.Start, ring.Count);

    /// <summary>Starts a polygon with its shell; false when nothing of the shell is left on the grid.</summary>
    public bool AddShell(ReadOnlySpan<GridPoint> ring) => Add(ring, PolygonCount, isHole: false);

    /// <summary>Adds a hole to the polygon started last; false when nothing of it is left on the grid.</summary>
    public bool AddHole(ReadOnlySpan<GridPoint> ring) => Add(ring, PolygonCount - 1, isHole: true);

    public bool AddShell(ReadOnlySpan<TilePoint> ring) => AddSnapped(ring, PolygonCount, isHole: false);

    public bool AddHole(ReadOnlySpan<TilePoint> ring) => AddSnapped(ring, PolygonCount - 1, isHole: true);

    /// <summary>The index after the last ring of the polygon that starts at the given ring.</summary>
    public int EndOfPolygon(int start)
    {
        var rings = Rings;
        var end = start + 1;
        while (end < rings.Length && rings[end].IsHole) end++;
        return end;
    }

    public void AddAll(RingSet source)
    {
        for (int start = 0, end; start < source.Rings.Length; start = end)
        {
            end = source.EndOfPolygon(start);
            AddPolygon(source, source.Rings[start..end]);
        }
    }

    /// <summary>Copies a polygon (a shell and its holes) of another set.</summary>
    public void AddPolygon(RingSet source, ReadOnlySpan<Ring> rings)
    {
        foreach (ref readonly var ring in rings)
        {
            _rings.Add(new Ring(_vertices.Count, ring.Count, PolygonCount, ring.IsHole));
            _vertices.AddRange(source[ring]);
        }

        PolygonCount++;
    }

    public void Clear()
    {
        _vertices.Clear();
        _rings.Clear();
        PolygonCount = 0;
    }

    public void Dispose()
    {
        _vertices.Dispose();
        _rings.Dispose();
    }

    private bool AddSnapped(ReadOnlySpan<TilePoint> ring, int polygon, bool isHole)
    {
        var cleaner = new RingCleaner(_vertices);
        foreach (ref readonly var point in ring) cleaner.Add(point.Snap());
        return Finish(ref cleaner, polygon, isHole);
    }

    private bool Add(ReadOnlySpan<GridPoint> ring, int polygon, bool isHole)
    {
        var cleaner = new RingCleaner(_vertices);
        foreach (var point in ring) cleaner.Add(point);
        return Finish(ref cleaner, polygon, isHole);
    }

    private bool Finish(ref RingCleaner cleaner, int polygon, bool isHole)
    {
        var count = cleaner.Close();
        if (count == 0) return false;
        var vertices = _vertices.Writable[^count..];
        if (RingArea.Twice(vertices) < 0 != isHole) vertices.Reverse();
        _rings.Add(new Ring(_vertices.Count - count, count, polygon, isHole));
        if (!isHole) PolygonCount++;
        return true;
    }
}
