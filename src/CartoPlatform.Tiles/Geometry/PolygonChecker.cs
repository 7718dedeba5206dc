namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Finds the polygons of a feature that are not simple on the grid: rings that cross or touch themselves or each other,
/// or that are nested wrongly. Touching at a point can be legal, but only <see cref="PolygonMender"/> looks closer.
/// </summary>
internal sealed class PolygonChecker : IDisposable
{
    // Up to here comparing all pairs is faster than sorting.
    private const int SmallRing = 20;

    private readonly PooledList<Segment> _segments = new();
    private readonly PooledList<bool> _suspect = new();
    private readonly SegmentSweep _sweep = new();
    private readonly RingNesting _nesting = new();

    /// <summary>By polygon: whether it must be mended. Valid after <see cref="Check"/>.</summary>
    public ReadOnlySpan<bool> Suspects => _suspect.Items;

    public Verdict Check(RingSet set)
    {
        _suspect.Clear();
        _suspect.Extend(set.PolygonCount).Clear();
        var rings = set.Rings;
        if (rings.Length == 1 && IsStar(set[rings[0]])) return Verdict.Sound;
        if (rings.Length == 1 && rings[0].Count <= SmallRing)
        {
            _suspect[0] = !IsSimple(set[rings[0]]);
            return _suspect[0] ? Verdict.Suspect : Verdict.Sound;
        }

        Collect(set, _segments);
        if (rings.Length > 1) _nesting.Reset(set);
        if (!_sweep.TryRun(_segments.Items, rings.Length > 1 ? _nesting : null)) return Verdict.Tangled;
        var sound = MarkContacts(set);
        if (rings.Length > 1 && !_nesting.IsSound())
        {
            // A ring on the wrong side of another involves polygons that have no contact: look at all of them.
            _suspect.Writable.Fill(true);
            sound = false;
        }

        return sound ? Verdict.Sound : Verdict.Suspect;
    }

    public void Dispose()
    {
        _segments.Dispose();
        _suspect.Dispose();
        _sweep.Dispose();
        _nesting.Dispose();
    }

    /// <summary>Puts the edges of all rings into a list.</summary>
    internal static void Collect(RingSet set, PooledList<Segment> output)
    {
        output.Clear();
        for (var r = 0; r < set.Rings.Length; r++)
        {
            var ring = set[set.Rings[r]];
            var edges = output.Extend(ring.Length);
            for (var i = 0; i < ring.Length; i++)
                edges[i] = new Segment(ring[i], ring[i + 1 < ring.Length ? i + 1 : 0], r);
        }
    }

    private bool MarkContacts(RingSet set)
    {
        var sound = true;
        foreach (var (first, second) in _sweep.Pairs)
        {
            ref readonly var a = ref _segments.Items[first];
            ref readonly var b = ref _segments.Items[second];
            if (Segment.Meet(a, b) == Contact.None) continue;
            _suspect[set.Rings[a.Ring].Polygon] = true;
            _suspect[set.Rings[b.Ring].Polygon] = true;
            sound = false;
        }

        return sound;
    }

    // A shell whose edges all turn the same way around one place, and once: a ray from there meets it once. Most outlines are such, and
    // to see it takes one look at each edge.
    private static bool IsStar(ReadOnlySpan<GridPoint> shell)
    {
        long x = 0, y = 0;
        foreach (var point in shell) (x, y) = (x + point.X, y + point.Y);
        var center = new GridPoint((int)(x / shell.Length), (int)(y / shell.Length));
        var (last, turns) = (shell[^1], 0);
        foreach (var point in shell)
        {
            if (GridPoint.Cross(center, last, point) <= 0) return false;
            if (last.Y < center.Y && point.Y >= center.Y) turns++;
            last = point;
        }

        return turns == 1;
    }

    private static bool IsSimple(ReadOnlySpan<GridPoint> ring)
    {
        for (var i = 0; i + 2 < ring.Length; i++)
        {
            var a = new Segment(ring[i], ring[i + 1], 0);
            // The last edge is a neighbour of the first.
            var end = i == 0 ? ring.Length - 1 : ring.Length;
            for (var j = i + 2; j < end; j++)
            {
                var b = new Segment(ring[j], ring[j + 1 < ring.Length ? j + 1 : 0], 0);
                if (a.MaxX >= b.MinX && b.MaxX >= a.MinX && a.MaxY >= b.MinY && b.MaxY >= a.MinY
                    && Segment.Meet(a, b) != Contact.None)
                    return false;
            }
        }

        return true;
    }
}
