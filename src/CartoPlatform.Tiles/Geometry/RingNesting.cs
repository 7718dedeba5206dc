namespace CartoPlatform.Tiles.Geometry;

/// <summary>Counts during a sweep how often the rings wind around the westernmost vertex of each other ring.</summary>
internal sealed class RingNesting : IDisposable
{
    private readonly PooledList<Winding> _windings = new();
    private RingSet _set = null!; // given by Start before every sweep

    public void Start(RingSet set)
    {
        _set = set;
        _windings.Clear();
        _windings.Extend(set.Rings.Length).Clear();
    }

    /// <summary>Takes the next segment of the sweep; the first one of each ring starts at its westernmost vertex.</summary>
    public void Enter(in Segment segment, ReadOnlySpan<Segment> segments, ReadOnlySpan<int> active)
    {
        ref var winding = ref _windings[segment.Ring];
        if (winding.IsKnown) return;
        winding.IsKnown = true;
        var vertex = segment.A.X <= segment.B.X ? segment.A : segment.B;
        var polygon = _set.Rings[segment.Ring].Polygon;
        foreach (var index in active)
        {
            ref readonly var other = ref segments[index];
            if (other.Ring == segment.Ring) continue;
            var turn = TurnAbove(other, vertex);
            winding.All += turn;
            if (_set.Rings[other.Ring].Polygon == polygon) winding.Own += turn;
        }
    }

    /// <summary>Whether shells lie outside of all polygons and holes just inside their own shell.</summary>
    public bool IsSound()
    {
        for (var i = 0; i < _windings.Count; i++)
        {
            var expected = _set.Rings[i].IsHole ? 1 : 0;
            if (_windings[i].All != expected || _windings[i].Own != expected) return false;
        }

        return true;
    }

    public void Dispose() => _windings.Dispose();

    // What an edge that passes the vertex on the side of smaller y adds to the winding number.
    private static int TurnAbove(in Segment edge, GridPoint vertex)
    {
        var eastward = edge.A.X < vertex.X && vertex.X <= edge.B.X;
        var westward = edge.B.X < vertex.X && vertex.X <= edge.A.X;
        if (!eastward && !westward) return 0;
        var cross = GridPoint.Cross(edge.A, edge.B, vertex);
        return eastward ? (cross > 0 ? 1 : 0) : (cross < 0 ? -1 : 0);
    }

    private record struct Winding(int All, int Own, bool IsKnown);
}
