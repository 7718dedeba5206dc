namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Makes valid polygons of those that <see cref="PolygonChecker"/> suspects. What clipping and snapping leave behind
/// (seams, closed corridors, rings that touch, slivers turned over) is solved on the grid; what was invalid from the
/// start goes to NetTopologySuite.
/// </summary>
internal sealed class PolygonMender : IDisposable
{
    private readonly PooledList<Segment> _edges = new();
    private readonly SegmentNoder _noder = new();
    private readonly LoopTracer _tracer = new();
    private readonly LoopSet _loops = new();
    private readonly RingSet _suspects = new();

    /// <summary>Copies the sound polygons and adds the mended ones.</summary>
    public void Mend(RingSet source, ReadOnlySpan<bool> suspects, RingSet output)
    {
        output.Clear();
        _suspects.Clear();
        var rings = source.Rings;
        for (int start = 0, end; start < rings.Length; start = end)
        {
            end = source.EndOfPolygon(start);
            (suspects[rings[start].Polygon] ? _suspects : output).AddPolygon(source, rings[start..end]);
        }

        PolygonChecker.Collect(_suspects, _edges);
        var verdict = _noder.Run(_edges);
        if (verdict == Verdict.Tangled)
        {
            output.AddAll(_suspects);
            return;
        }

        var isRebuilt = verdict == Verdict.Sound && TryRebuild(output);
        if (isRebuilt && !_noder.HasBent) return;
        if (!isRebuilt) PolygonRepair.Repair(_suspects, output);
        // Edges that left their lines may now cross those of sound neighbours.
        if (PolygonRepair.IsValid(output)) return;
        output.Clear();
        PolygonRepair.Repair(source, output);
    }

    public void Dispose()
    {
        _edges.Dispose();
        _noder.Dispose();
        _tracer.Dispose();
        _loops.Dispose();
        _suspects.Dispose();
    }

    private bool TryRebuild(RingSet output)
    {
        _loops.Clear();
        return _tracer.TryTrace(_edges, _loops) && _loops.TryNest(output);
    }
}
