namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Makes rings of directed edges that meet at their ends only. Edges that run both ways cancel each other, which
/// takes out the seams of clipping and corridors that snapping has closed.
/// </summary>
internal sealed class LoopTracer : IDisposable
{
    private readonly PooledList<GridPoint> _path = new();
    private readonly PooledList<bool> _used = new();
    private readonly VertexFans _fans = new();
    private readonly Dictionary<GridPoint, int> _positions = [];

    /// <summary>
    /// Leaves one edge where an odd number lie on top of each other, and none where the number is even.
    /// Returns false when some run the same way more than once: then parts of the polygon overlap.
    /// </summary>
    public static bool TryCancel(PooledList<Segment> edges)
    {
        edges.Writable.Sort(static (left, right) => Compare(Undirected(left), Undirected(right)));
        var (kept, isSingle) = (0, true);
        for (int i = 0, end; i < edges.Count; i = end)
        {
            var net = 0;
            var forward = Undirected(edges[i]);
            for (end = i; end < edges.Count && Undirected(edges[end]) == forward; end++)
                net += edges[end].A == forward.A ? 1 : -1;
            if (net % 2 != 0) edges[kept++] = net > 0 ? forward : new Segment(forward.B, forward.A, 0);
            isSingle &= Math.Abs(net) <= 1;
        }

        edges.Truncate(kept);
        return isSingle;
    }

    /// <summary>
    /// Adds simple rings (no vertex twice), shells and holes. False when the directions of the edges make no sense:
    /// they do not close, or cross where they meet.
    /// </summary>
    public bool TryTrace(Span<Segment> edges, LoopSet output)
    {
        edges.Sort(static (left, right) => Compare(left, right));
        if (!_fans.Alternate(edges)) return false;
        _used.Clear();
        _used.Extend(edges.Length).Clear();
        for (var i = 0; i < edges.Length; i++)
        {
            if (_used[i]) continue;
            if (!TryWalk(edges, i)) return false;
            Cut(output);
        }

        return true;
    }

    public void Dispose()
    {
        _path.Dispose();
        _used.Dispose();
        _fans.Dispose();
    }

    private static Segment Undirected(in Segment edge) =>
        Compare(edge.A, edge.B) <= 0 ? new Segment(edge.A, edge.B, 0) : new Segment(edge.B, edge.A, 0);

    private static int Compare(in Segment left, in Segment right)
    {
        var order = Compare(left.A, right.A);
        return order == 0 ? Compare(left.B, right.B) : order;
    }

    private static int Compare(GridPoint left, GridPoint right)
    {
        var order = left.X.CompareTo(right.X);
        return order == 0 ? left.Y.CompareTo(right.Y) : order;
    }

    // Follows the boundary of one face until it is back on its first edge. The path may pass its first vertex before.
    private bool TryWalk(ReadOnlySpan<Segment> edges, int first)
    {
        _path.Clear();
        var current = first;
        do
        {
            _used[current] = true;
            _path.Add(edges[current].A);
            current = Next(edges, edges[current], first);
        }
        while (current >= 0 && current != first);

        return current == first;
    }

    // Where several rings touch, the sharpest turn towards the interior keeps the walk on the same face.
    private int Next(ReadOnlySpan<Segment> edges, in Segment incoming, int first)
    {
        var best = -1;
        for (var i = FirstFrom(edges, incoming.B); i < edges.Length && edges[i].A == incoming.B; i++)
        {
            if (_used[i] && i != first) continue;
            if (best < 0 || TurnsSharper(incoming, edges[i].B, edges[best].B)) best = i;
        }

        return best;
    }

    private static bool TurnsSharper(in Segment incoming, GridPoint candidate, GridPoint best)
    {
        var side = Math.Sign(GridPoint.Cross(incoming.A, incoming.B, candidate));
        var bestSide = Math.Sign(GridPoint.Cross(incoming.A, incoming.B, best));
        return side == bestSide ? GridPoint.Cross(incoming.B, best, candidate) > 0 : side > bestSide;
    }

    private static int FirstFrom(ReadOnlySpan<Segment> edges, GridPoint start)
    {
        int low = 0, high = edges.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Compare(edges[middle].A, start) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    // Splits the path at every vertex it passes twice.
    private void Cut(LoopSet output)
    {
        _positions.Clear();
        var length = 0;
        var path = _path.Writable;
        foreach (var vertex in path)
        {
            if (_positions.TryGetValue(vertex, out var position))
            {
                output.Add(path[position..length]);
                for (var i = position + 1; i < length; i++) _positions.Remove(path[i]);
                length = position;
            }

            _positions[vertex] = length;
            path[length++] = vertex;
        }

        output.Add(path[..length]);
    }
}
