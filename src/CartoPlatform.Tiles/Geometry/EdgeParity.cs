namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Turns edges that meet at their ends only so that what is inside by the even-odd rule lies on the side where a shell
/// has its inside. That rule is the one of ST_AsMVTGeom and ST_MakeValid for polygons that cross themselves or overlap.
/// </summary>
internal sealed class EdgeParity : IDisposable
{
    private readonly PooledList<int> _byWest = new();
    private readonly PooledList<int> _byMiddle = new();
    private readonly PooledList<int> _keys = new();
    private readonly PooledList<int> _active = new();

    /// <param name="edges">No two of them on the same line.</param>
    public void Orient(Span<Segment> edges)
    {
        Sort(edges, _byWest, static edge => 2 * edge.MinX);
        Sort(edges, _byMiddle, static edge => edge.A.X + edge.B.X);
        _active.Clear();
        var next = 0;
        foreach (var index in _byMiddle.Items)
        {
            var x = edges[index].A.X + edges[index].B.X;
            for (; next < edges.Length && 2 * edges[_byWest[next]].MinX < x; next++) _active.Add(_byWest[next]);
            // Below means towards smaller y; for an edge that is vertical, towards smaller x.
            var insideBelow = CountBelow(edges, index) % 2 == 1;
            var edge = edges[index];
            var forward = edge.A.X == edge.B.X ? edge.A.Y < edge.B.Y == insideBelow : edge.A.X < edge.B.X != insideBelow;
            if (!forward) edges[index] = new Segment(edge.B, edge.A, edge.Ring);
        }
    }

    public void Dispose()
    {
        _byWest.Dispose();
        _byMiddle.Dispose();
        _keys.Dispose();
        _active.Dispose();
    }

    private void Sort(ReadOnlySpan<Segment> edges, PooledList<int> order, Func<Segment, int> key)
    {
        order.Clear();
        _keys.Clear();
        var indices = order.Extend(edges.Length);
        var keys = _keys.Extend(edges.Length);
        for (var i = 0; i < edges.Length; i++) (indices[i], keys[i]) = (i, key(edges[i]));
        keys.Sort(indices);
    }

    // How many edges a ray from the middle of an edge meets, just beside that edge. On a grid twice as fine middles are exact.
    private int CountBelow(ReadOnlySpan<Segment> edges, int index)
    {
        var middle = new GridPoint(edges[index].A.X + edges[index].B.X, edges[index].A.Y + edges[index].B.Y);
        var active = _active.Writable;
        int kept = 0, count = 0;
        foreach (var other in active)
        {
            ref readonly var edge = ref edges[other];
            if (2 * edge.MaxX < middle.X) continue;
            active[kept++] = other;
            if (other == index || edge.MinX == edge.MaxX) continue;
            var (west, east) = edge.A.X < edge.B.X ? (edge.A, edge.B) : (edge.B, edge.A);
            if (GridPoint.Cross(Twice(west), Twice(east), middle) > 0) count++;
        }

        _active.Truncate(kept);
        return count;
    }

    private static GridPoint Twice(GridPoint point) => new(2 * point.X, 2 * point.Y);
}
