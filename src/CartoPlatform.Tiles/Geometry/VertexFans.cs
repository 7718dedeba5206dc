namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Looks at the vertices where several rings meet. If their edges do not lead in and out by turns, rings cross each
/// other there, and the directions of the edges do not tell inside from outside.
/// </summary>
internal sealed class VertexFans : IDisposable
{
    private readonly HashSet<GridPoint> _centers = [];
    private readonly PooledList<Spoke> _spokes = new();

    /// <param name="edges">Sorted by their start.</param>
    public bool Alternate(ReadOnlySpan<Segment> edges)
    {
        Collect(edges);
        _spokes.Writable.Sort();
        var spokes = _spokes.Items;
        for (int start = 0, end; start < spokes.Length; start = end)
        {
            var last = start;
            for (end = start + 1; end < spokes.Length && spokes[end].Center == spokes[start].Center; last = end++)
            {
                if (spokes[end].IsOut == spokes[last].IsOut) return false;
            }

            if (spokes[last].IsOut == spokes[start].IsOut) return false;
        }

        return true;
    }

    public void Dispose() => _spokes.Dispose();

    private void Collect(ReadOnlySpan<Segment> edges)
    {
        _centers.Clear();
        _spokes.Clear();
        for (var i = 1; i < edges.Length; i++)
        {
            if (edges[i].A == edges[i - 1].A) _centers.Add(edges[i].A);
        }

        if (_centers.Count == 0) return;
        foreach (ref readonly var edge in edges)
        {
            if (_centers.Contains(edge.A)) _spokes.Add(new Spoke(edge.A, edge.B, IsOut: true));
            if (_centers.Contains(edge.B)) _spokes.Add(new Spoke(edge.B, edge.A, IsOut: false));
        }
    }

    private readonly record struct Spoke(GridPoint Center, GridPoint End, bool IsOut) : IComparable<Spoke>
    {
        // Directions towards greater y, and the one towards greater x, come before the opposite ones.
        private bool IsInSecondHalf => End.Y < Center.Y || (End.Y == Center.Y && End.X < Center.X);

        public int CompareTo(Spoke other)
        {
            var order = Center.X.CompareTo(other.Center.X);
            if (order == 0) order = Center.Y.CompareTo(other.Center.Y);
            if (order == 0) order = IsInSecondHalf.CompareTo(other.IsInSecondHalf);
            return order == 0 ? -Math.Sign(GridPoint.Cross(Center, End, other.End)) : order;
        }
    }
}
