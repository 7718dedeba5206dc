namespace CartoPlatform.Tiles.Geometry;

/// <summary>Counts during a sweep how often the rings wind around the westernmost vertex of each other ring.</summary>
internal sealed class RingNesting : IDisposable
{
    private readonly PooledList<Winding> _windings = new();
    private RingSet _set = null!; // given by Reset before every sweep

    public void Reset(RingSet set)
    {
        _set = set;
        _windings.Clear();
        _windings.Extend(set.Rings.Length).Clear();
    }

    public bool Knows(int ring) => _windings[ring].IsKnown;

    public void Start(int ring) => _windings[ring].IsKnown = true;

    /// <summary>Takes an edge under the sweep line, on the side of smaller y or near the vertex.</summary>
    public void Pass(int ring, GridPoint vertex, in Segment edge)
    {
        if (edge.Ring == ring) return;
        ref var winding = ref _windings[ring];
        var turn = TurnAbove(edge, vertex);
        winding.All += turn;
        if (_set.Rings[edge.Ring].Polygon == _set.Rings[ring].Polygon) winding.Own += turn;
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
