namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Finds the pairs of segments whose boxes overlap by sweeping a line from west to east, and on the way how often
/// the other rings wind around the westernmost vertex of each ring.
/// </summary>
internal sealed class SegmentSweep : IDisposable
{
    // A tangle of crossing segments has a quadratic number of pairs. No map has; the limit keeps time bounded.
    private const long WorkPerSegment = 4096;
    private const long LeastWork = 20_000_000;
    private const int PairsPerSegment = 32;

    private readonly PooledList<(int First, int Second)> _pairs = new();
    private readonly PooledList<int> _active = new();
    private readonly PooledList<int> _order = new();
    private readonly PooledList<int> _keys = new();

    /// <summary>Indices of the segments whose boxes overlap, neighbours in a ring left out.</summary>
    public ReadOnlySpan<(int First, int Second)> Pairs => _pairs.Items;

    /// <summary>False when the segments are so entangled that it gave up.</summary>
    /// <param name="segments">Edges; those of one ring stand in a row.</param>
    /// <param name="nesting">When given, takes the winding number at the westernmost vertex of each ring.</param>
    public bool TryRun(ReadOnlySpan<Segment> segments, RingNesting? nesting)
    {
        _pairs.Clear();
        _active.Clear();
        SortByWest(segments);
        var budget = Math.Max(LeastWork, segments.Length * WorkPerSegment / 64);
        var pairLimit = 1024L + (long)segments.Length * PairsPerSegment;
        foreach (var index in _order.Items)
        {
            ref readonly var segment = ref segments[index];
            nesting?.Enter(segment, segments, _active.Items);
            budget -= _active.Count;
            Meet(segments, index);
            if (budget < 0 || _pairs.Count > pairLimit) return false;
        }

        return true;
    }

    public void Dispose()
    {
        _pairs.Dispose();
        _active.Dispose();
        _order.Dispose();
        _keys.Dispose();
    }

    private void Meet(ReadOnlySpan<Segment> segments, int index)
    {
        ref readonly var segment = ref segments[index];
        var (west, north, south) = (segment.MinX, segment.MinY, segment.MaxY);
        var active = _active.Writable;
        var kept = 0;
        foreach (var other in active)
        {
            ref readonly var candidate = ref segments[other];
            if (candidate.MaxX < west) continue;
            active[kept++] = other;
            if (candidate.MinY <= south && candidate.MaxY >= north && !AreNeighbours(segments, other, index))
                _pairs.Add((other, index));
        }

        _active.Truncate(kept);
        _active.Add(index);
    }

    // They share a vertex and, in a clean ring, nothing else.
    private static bool AreNeighbours(ReadOnlySpan<Segment> segments, int first, int second)
    {
        if (segments[first].Ring != segments[second].Ring) return false;
        if (first > second) (first, second) = (second, first);
        if (second - first == 1) return true;
        var isLast = second + 1 == segments.Length || segments[second + 1].Ring != segments[second].Ring;
        return isLast && (first == 0 || segments[first - 1].Ring != segments[first].Ring);
    }

    private void SortByWest(ReadOnlySpan<Segment> segments)
    {
        _order.Clear();
        _keys.Clear();
        var order = _order.Extend(segments.Length);
        var keys = _keys.Extend(segments.Length);
        for (var i = 0; i < segments.Length; i++) (order[i], keys[i]) = (i, segments[i].MinX);
        keys.Sort(order);
    }
}
