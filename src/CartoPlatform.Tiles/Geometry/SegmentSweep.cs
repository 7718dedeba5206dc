using System.Numerics;

namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Finds the pairs of segments whose boxes overlap by sweeping a line from west to east, and on the way how often
/// the other rings wind around the westernmost vertex of each ring. The segments under the line lie in strips by
/// their y, so that few are looked at.
/// </summary>
internal sealed class SegmentSweep : IDisposable
{
    // A tangle of crossing segments has a quadratic number of pairs. No map has; the limits keep time bounded.
    private const long StepsPerSegment = 1024;
    private const long LeastSteps = 10_000_000;
    private const long PairsPerSegment = 32;
    private const long LeastPairs = 1024;
    private const int Strips = 64;

    private readonly PooledList<(int First, int Second)> _pairs = new();
    private readonly PooledList<Entry> _entries = new();
    private readonly int[] _heads = new int[Strips];
    private readonly PooledList<int> _order = new();
    private readonly PooledList<int> _keys = new();
    private int _north;
    private int _stripShift;
    private long _steps;

    /// <summary>Indices of the segments whose boxes overlap, neighbours in a ring left out.</summary>
    public ReadOnlySpan<(int First, int Second)> Pairs => _pairs.Items;

    /// <summary>False when the segments are so entangled that it gave up.</summary>
    /// <param name="segments">Edges; those of one ring stand in a row.</param>
    /// <param name="nesting">When given, takes the winding number at the westernmost vertex of each ring.</param>
    public bool TryRun(ReadOnlySpan<Segment> segments, RingNesting? nesting)
    {
        _pairs.Clear();
        _entries.Clear();
        _heads.AsSpan().Fill(-1);
        _steps = Math.Max(LeastSteps, segments.Length * StepsPerSegment);
        var pairLimit = Math.Max(LeastPairs, segments.Length * PairsPerSegment);
        SortByWest(segments);
        MakeStrips(segments);
        foreach (var index in _order.Items)
        {
            if (nesting is not null && !nesting.Knows(segments[index].Ring)) CountWinding(segments, segments[index], nesting);
            Meet(segments, index);
            if (_steps < 0 || _pairs.Count > pairLimit) return false;
        }

        return true;
    }

    public void Dispose()
    {
        _pairs.Dispose();
        _entries.Dispose();
        _order.Dispose();
        _keys.Dispose();
    }

    private void Meet(ReadOnlySpan<Segment> segments, int index)
    {
        ref readonly var segment = ref segments[index];
        var (west, north, south) = (segment.MinX, segment.MinY, segment.MaxY);
        var (first, last) = (StripOf(north), StripOf(south));
        for (var strip = first; strip <= last; strip++)
        {
            ref var link = ref _heads[strip];
            while (link >= 0)
            {
                _steps--;
                ref var entry = ref _entries[link];
                ref readonly var other = ref segments[entry.Segment];
                if (other.MaxX < west)
                {
                    link = entry.Next;
                    continue;
                }

                // Two that share several strips are a pair in the first of them.
                if (other.MinY <= south && other.MaxY >= north && strip == Math.Max(first, StripOf(other.MinY))
                    && !AreNeighbours(segments, entry.Segment, index))
                    _pairs.Add((entry.Segment, index));
                link = ref entry.Next;
            }
        }

        for (var strip = first; strip <= last; strip++)
        {
            _entries.Add(new Entry(index, _heads[strip]));
            _heads[strip] = _entries.Count - 1;
        }
    }

    // The first segment of a ring in the sweep starts at the ring's westernmost vertex.
    private void CountWinding(ReadOnlySpan<Segment> segments, in Segment segment, RingNesting nesting)
    {
        var vertex = segment.A.X <= segment.B.X ? segment.A : segment.B;
        nesting.Start(segment.Ring);
        for (var strip = StripOf(vertex.Y); strip >= 0; strip--)
        {
            for (var link = _heads[strip]; link >= 0; link = _entries[link].Next)
            {
                _steps--;
                ref readonly var other = ref segments[_entries[link].Segment];
                if (strip == StripOf(other.MinY)) nesting.Pass(segment.Ring, vertex, other);
            }
        }
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

    private void MakeStrips(ReadOnlySpan<Segment> segments)
    {
        var south = int.MinValue;
        _north = int.MaxValue;
        foreach (ref readonly var segment in segments)
        {
            _north = Math.Min(_north, segment.A.Y);
            south = Math.Max(south, segment.A.Y);
        }

        // Every vertex of a ring is the start of an edge, so the starts alone give the range.
        _stripShift = segments.IsEmpty ? 0 : Math.Max(0, BitOperations.Log2((uint)(south - _north) | 1) + 1 - BitOperations.Log2(Strips));
    }

    private int StripOf(int y) => (y - _north) >> _stripShift;

    private record struct Entry(int Segment, int Next)
    {
        public int Next = Next; // linked lists are edited in place
    }
}
