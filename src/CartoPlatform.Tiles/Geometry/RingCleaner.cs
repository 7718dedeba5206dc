namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Appends the vertices of one ring to a list without repeated vertices, vertices on a straight line and spikes.
/// All three are exact on the grid: the area that the ring encloses does not change.
/// </summary>
internal ref struct RingCleaner(PooledList<GridPoint> output)
{
    private readonly PooledList<GridPoint> _output = output;
    private readonly int _start = output.Count;

    public readonly void Add(GridPoint point)
    {
        while (_output.Count > _start)
        {
            var kept = _output.Items[_start..];
            if (kept[^1] == point) return;
            if (kept.Length < 2 || GridPoint.Cross(kept[^2], kept[^1], point) != 0) break;
            _output.Truncate(_output.Count - 1);
        }

        _output.Add(point);
    }

    /// <summary>Joins the end to the start. Returns how many vertices are left; 0 when the ring collapsed.</summary>
    public readonly int Close()
    {
        var ring = _output.Writable[_start..];
        var first = 0;
        var end = ring.Length;
        while (end - first >= 3)
        {
            if (ring[end - 1] == ring[first] || GridPoint.Cross(ring[end - 2], ring[end - 1], ring[first]) == 0)
                end--;
            else if (GridPoint.Cross(ring[end - 1], ring[first], ring[first + 1]) == 0)
                first++;
            else
                break;
        }

        var count = end - first >= 3 ? end - first : 0;
        if (first > 0 && count > 0) ring[first..end].CopyTo(ring);
        _output.Truncate(_start + count);
        return count;
    }
}
