namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Douglas and Peucker (1973) with half a unit of tolerance, in stretches of bounded length so that the time stays
/// linear whatever the line looks like. The ends of a line, and the first vertex of a ring, stay.
/// </summary>
internal sealed class LineSimplifier : IDisposable
{
    private const double SquaredTolerance = 0.25;
    private const int StretchLength = 512;

    private readonly PooledList<bool> _kept = new();
    private readonly PooledList<TilePoint> _output = new();
    private readonly Stack<(int From, int To)> _pending = new();

    /// <summary>Vertices that were left out since this was last set.</summary>
    public long Removed { get; set; }

    /// <summary>The vertices that remain; valid until the next call.</summary>
    public ReadOnlySpan<TilePoint> Simplify(ReadOnlySpan<TilePoint> line)
    {
        if (line.Length < 3) return line;
        _kept.Clear();
        var kept = _kept.Extend(line.Length);
        kept.Clear();
        kept[0] = kept[^1] = true;
        for (var from = 0; from < line.Length - 1; from += StretchLength)
        {
            var to = Math.Min(from + StretchLength, line.Length - 1);
            kept[to] = true;
            _pending.Push((from, to));
            while (_pending.TryPop(out var span)) Divide(line, kept, span.From, span.To);
        }

        _output.Clear();
        for (var i = 0; i < line.Length; i++)
        {
            if (kept[i]) _output.Add(line[i]);
        }

        Removed += line.Length - _output.Count;
        return _output.Items;
    }

    public void Dispose()
    {
        _kept.Dispose();
        _output.Dispose();
    }

    private void Divide(ReadOnlySpan<TilePoint> line, Span<bool> kept, int from, int to)
    {
        var farthest = -1;
        var distance = SquaredTolerance;
        for (var i = from + 1; i < to; i++)
        {
            var candidate = SquaredDistance(line[i], line[from], line[to]);
            if (candidate > distance) (farthest, distance) = (i, candidate);
        }

        if (farthest < 0) return;
        kept[farthest] = true;
        _pending.Push((from, farthest));
        _pending.Push((farthest, to));
    }

    private static double SquaredDistance(TilePoint point, TilePoint a, TilePoint b)
    {
        double dx = b.X - a.X, dy = b.Y - a.Y;
        double px = point.X - a.X, py = point.Y - a.Y;
        var length = dx * dx + dy * dy;
        var t = length > 0 ? Math.Clamp((px * dx + py * dy) / length, 0, 1) : 0;
        (px, py) = (px - t * dx, py - t * dy);
        return px * px + py * py;
    }
}
