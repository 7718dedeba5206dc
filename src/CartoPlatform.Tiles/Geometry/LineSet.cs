namespace CartoPlatform.Tiles.Geometry;

/// <summary>The line parts of one feature on the grid, each of two or more different vertices.</summary>
internal sealed class LineSet : IDisposable
{
    private readonly PooledList<GridPoint> _vertices = new();
    private readonly PooledList<int> _ends = new();

    public int Count => _ends.Count;

    public ReadOnlySpan<GridPoint> Vertices => _vertices.Items;

    public ReadOnlySpan<GridPoint> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            return _vertices.Items[start.._ends[index]];
        }
    }

    /// <summary>Snaps a part; one that collapses to a point is left out.</summary>
    public void Add(ReadOnlySpan<TilePoint> line)
    {
        var start = _vertices.Count;
        foreach (ref readonly var point in line) Append(start, point.Snap());
        if (_vertices.Count - start < 2)
            _vertices.Truncate(start);
        else
            _ends.Add(_vertices.Count);
    }

    public void Clear()
    {
        _vertices.Clear();
        _ends.Clear();
    }

    public void Dispose()
    {
        _vertices.Dispose();
        _ends.Dispose();
    }

    // Leaves out repeated vertices and those passed straight ahead; a line that turns back keeps its turn.
    private void Append(int start, GridPoint point)
    {
        var kept = _vertices.Items[start..];
        if (kept.Length > 0 && kept[^1] == point) return;
        if (kept.Length > 1 && GoesStraight(kept[^2], kept[^1], point)) _vertices.Truncate(_vertices.Count - 1);
        _vertices.Add(point);
    }

    private static bool GoesStraight(GridPoint a, GridPoint b, GridPoint c) =>
        GridPoint.Cross(a, b, c) == 0
        && (long)(b.X - a.X) * (c.X - b.X) + (long)(b.Y - a.Y) * (c.Y - b.Y) > 0;
}
