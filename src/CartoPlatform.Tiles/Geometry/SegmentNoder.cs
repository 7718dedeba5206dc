namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Splits segments until they meet at their ends only. Where two cross, the crossing is snapped to the grid, which
/// bends both by at most half a unit and can make new crossings: hence the rounds.
/// </summary>
internal sealed class SegmentNoder : IDisposable
{
    private const int MaxRounds = 8;

    private readonly SegmentSweep _sweep = new();
    private readonly PooledList<Node> _nodes = new();
    private readonly PooledList<Segment> _split = new();

    /// <summary>Whether the last run gave up because too many segments overlap.</summary>
    public bool IsTangled { get; private set; }

    /// <summary>Whether in the last run segments crossed, so that some are not where they were.</summary>
    public bool HasBent { get; private set; }

    /// <summary>Splits the edges of rings in place. When it fails their list is in no defined state.</summary>
    public bool TryNode(PooledList<Segment> segments)
    {
        HasBent = false;
        for (var round = 0; round < MaxRounds; round++)
        {
            IsTangled = !_sweep.TryRun(segments.Items, nesting: null);
            if (IsTangled) return false;
            _nodes.Clear();
            var bent = FindNodes(segments.Items);
            if (_nodes.Count > 0) Split(segments);
            if (!bent) return true;
            HasBent = true;
        }

        return false;
    }

    public void Dispose()
    {
        _sweep.Dispose();
        _nodes.Dispose();
        _split.Dispose();
    }

    // Returns whether a segment had to leave its line.
    private bool FindNodes(ReadOnlySpan<Segment> segments)
    {
        var bent = false;
        foreach (var (first, second) in _sweep.Pairs)
        {
            ref readonly var a = ref segments[first];
            ref readonly var b = ref segments[second];
            switch (Segment.Meet(a, b))
            {
                case Contact.Touch:
                    AddInside(a, first, b);
                    AddInside(b, second, a);
                    break;
                case Contact.Cross:
                    var place = Segment.Intersection(a, b);
                    _nodes.Add(Node.On(a, first, place));
                    _nodes.Add(Node.On(b, second, place));
                    bent = true;
                    break;
                default:
                    break;
            }
        }

        return bent;
    }

    private void AddInside(in Segment segment, int index, in Segment other)
    {
        if (segment.HoldsInside(other.A)) _nodes.Add(Node.On(segment, index, other.A));
        if (segment.HoldsInside(other.B)) _nodes.Add(Node.On(segment, index, other.B));
    }

    private void Split(PooledList<Segment> segments)
    {
        _nodes.Writable.Sort();
        _split.Clear();
        var next = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            var (from, to) = (segments[i].A, segments[i].B);
            for (; next < _nodes.Count && _nodes[next].Segment == i; next++)
            {
                AddPiece(from, _nodes[next].Place);
                from = _nodes[next].Place;
            }

            AddPiece(from, to);
        }

        segments.Clear();
        segments.AddRange(_split.Items);
    }

    // Each piece is a ring of its own: none has neighbours that the sweep may pass over.
    private void AddPiece(GridPoint from, GridPoint to)
    {
        if (from != to) _split.Add(new Segment(from, to, _split.Count));
    }

    private readonly record struct Node(int Segment, long Along, GridPoint Place) : IComparable<Node>
    {
        public static Node On(in Segment segment, int index, GridPoint place) =>
            new(index, Dot(segment, place), place);

        public int CompareTo(Node other)
        {
            var order = Segment.CompareTo(other.Segment);
            if (order == 0) order = Along.CompareTo(other.Along);
            if (order == 0) order = Place.X.CompareTo(other.Place.X);
            return order == 0 ? Place.Y.CompareTo(other.Place.Y) : order;
        }

        private static long Dot(in Segment segment, GridPoint place) =>
            (long)(segment.B.X - segment.A.X) * (place.X - segment.A.X)
            + (long)(segment.B.Y - segment.A.Y) * (place.Y - segment.A.Y);
    }
}
