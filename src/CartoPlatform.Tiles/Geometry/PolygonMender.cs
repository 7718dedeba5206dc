namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Makes valid polygons of those that <see cref="PolygonChecker"/> suspects, on the grid: splits their edges where they
/// meet, takes out what is there twice (seams of clipping, corridors that snapping has closed), and traces new rings.
/// </summary>
internal sealed class PolygonMender : IDisposable
{
    private readonly PooledList<Segment> _edges = new();
    private readonly PolygonChecker _checker = new();
    private readonly SegmentNoder _noder = new();
    private readonly LoopTracer _tracer = new();
    private readonly EdgeParity _parity = new();
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

        var soundPolygons = output.PolygonCount;
        if (!TryMend(_suspects, output) || HitsSound(output, soundPolygons)) MendAll(source, output);
    }

    public void Dispose()
    {
        _edges.Dispose();
        _checker.Dispose();
        _noder.Dispose();
        _tracer.Dispose();
        _parity.Dispose();
        _loops.Dispose();
        _suspects.Dispose();
    }

    private void MendAll(RingSet source, RingSet output)
    {
        output.Clear();
        if (TryMend(source, output)) return;
        if (_noder.IsTangled)
            output.AddAll(source);
        else
            PolygonRepair.Repair(source, output);
    }

    // Edges that had to leave their lines may now meet those of polygons that were sound.
    private bool HitsSound(RingSet output, int soundPolygons)
    {
        if (soundPolygons == 0 || !_noder.HasBent) return false;
        return _checker.Check(output) != Verdict.Sound && _checker.Suspects[..soundPolygons].Contains(true);
    }

    private bool TryMend(RingSet source, RingSet output)
    {
        PolygonChecker.Collect(source, _edges);
        if (!_noder.TryNode(_edges)) return false;
        if (LoopTracer.TryCancel(_edges) && TryTrace(output)) return true;
        // Something is inside twice, or inside out: the directions of the edges do not tell inside from outside.
        _parity.Orient(_edges.Writable);
        return TryTrace(output);
    }

    private bool TryTrace(RingSet output)
    {
        _loops.Clear();
        return _tracer.TryTrace(_edges.Writable, _loops) && _loops.TryNest(output);
    }
}
