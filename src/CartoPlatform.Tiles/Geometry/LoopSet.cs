namespace CartoPlatform.Tiles.Geometry;

/// <summary>Simple rings that may touch but do not cross, and how they nest.</summary>
internal sealed class LoopSet : IDisposable
{
    // All pairs are compared; beyond this NetTopologySuite with its index is faster.
    private const int MaxLoops = 4096;

    private readonly PooledList<GridPoint> _vertices = new();
    private readonly PooledList<Loop> _loops = new();

    public void Clear()
    {
        _vertices.Clear();
        _loops.Clear();
    }

    public void Add(ReadOnlySpan<GridPoint> ring)
    {
        var start = _vertices.Count;
        var cleaner = new RingCleaner(_vertices);
        foreach (var point in ring) cleaner.Add(point);
        var count = cleaner.Close();
        if (count > 0) _loops.Add(Loop.Of(_vertices.Items.Slice(start, count), start));
    }

    /// <summary>
    /// Adds shells, each followed by its holes. Fails where the rings do not bound an area once: a hole outside of
    /// any shell, a shell inside another; slivers of that kind are what snapping has turned over, and are left out.
    /// </summary>
    public bool TryNest(RingSet output)
    {
        var loops = _loops.Writable;
        if (loops.Length > MaxLoops) return false;
        for (var i = 0; i < loops.Length; i++)
        {
            if (!TryFindParent(i, out var parent, out var winding)) return false;
            loops[i].Parent = parent;
            if (winding == (loops[i].IsHole ? 1 : 0)) continue;
            if (!loops[i].IsSliver) return false;
            loops[i].IsDropped = true;
        }

        for (var i = 0; i < loops.Length; i++)
        {
            if (loops[i].IsHole || loops[i].IsDropped) continue;
            output.AddShell(Vertices(loops[i]));
            for (var j = 0; j < loops.Length; j++)
            {
                if (loops[j].IsHole && !loops[j].IsDropped && loops[j].Parent == i) output.AddHole(Vertices(loops[j]));
            }
        }

        return true;
    }

    public void Dispose()
    {
        _vertices.Dispose();
        _loops.Dispose();
    }

    private ReadOnlySpan<GridPoint> Vertices(in Loop loop) => _vertices.Items.Slice(loop.Start, loop.Count);

    // The smallest shell around a loop, and how often all others wind around it.
    private bool TryFindParent(int index, out int parent, out int winding)
    {
        (parent, winding) = (-1, 0);
        var loops = _loops.Items;
        for (var i = 0; i < loops.Length; i++)
        {
            if (i == index || !loops[i].BoxHolds(loops[index])) continue;
            switch (RingLocation.Of(Vertices(loops[index]), Vertices(loops[i])))
            {
                case null: return false;
                case false: continue;
                default: winding += loops[i].IsHole ? -1 : 1; break;
            }

            if (!loops[i].IsHole && (parent < 0 || loops[i].Area < loops[parent].Area)) parent = i;
        }

        return true;
    }

    private record struct Loop(int Start, int Count, long Area, GridPoint Low, GridPoint High)
    {
        public int Parent { get; set; }

        public bool IsDropped { get; set; }

        public readonly bool IsHole => Area < 0;

        // Snapping moves an edge by less than a unit: what it turns over is at most that thick. (Area is twice the area.)
        public readonly bool IsSliver => Math.Abs(Area) <= 2L * (High.X - Low.X + High.Y - Low.Y);

        public static Loop Of(ReadOnlySpan<GridPoint> ring, int start)
        {
            var (low, high) = (ring[0], ring[0]);
            foreach (var point in ring)
            {
                low = new GridPoint(Math.Min(low.X, point.X), Math.Min(low.Y, point.Y));
                high = new GridPoint(Math.Max(high.X, point.X), Math.Max(high.Y, point.Y));
            }

            return new Loop(start, ring.Length, RingArea.Twice(ring), low, high);
        }

        public readonly bool BoxHolds(in Loop other) =>
            Low.X <= other.Low.X && Low.Y <= other.Low.Y && High.X >= other.High.X && High.Y >= other.High.Y;
    }
}
