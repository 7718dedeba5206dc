namespace CartoPlatform.Tilesets.Writing;

/// <summary>Per zoom: features that belong to a tile, and those of them that are not in it. One that is in four tiles counts four times.</summary>
internal sealed class ZoomCounts
{
    private const int Zooms = 31;

    private readonly long[] _counts = new long[2 * Zooms];

    public ZoomCounts()
    {
    }

    public ZoomCounts(long[] counts) => counts.AsSpan(0, Math.Min(counts.Length, _counts.Length)).CopyTo(_counts);

    public long[] ToArray() => _counts;

    public void Add(int zoom, long all, long dropped)
    {
        _counts[2 * zoom] += all;
        _counts[(2 * zoom) + 1] += dropped;
    }

    public void Add(ZoomCounts other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    public long AllOf(int zoom) => _counts[2 * zoom];

    /// <summary>From zoom 0 to the finest.</summary>
    public double[] FractionsDropped(int maxZoom) =>
        [.. Enumerable.Range(0, maxZoom + 1).Select(zoom => AllOf(zoom) == 0 ? 0 : Math.Round((double)_counts[(2 * zoom) + 1] / AllOf(zoom), 6))];
}
