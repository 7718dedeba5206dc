using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Makes a <see cref="PointSnapshot"/>. Rows without a place on the map are left out.</summary>
/// <param name="columns">What the values of each attribute are.</param>
public sealed class PointSnapshotBuilder(IEnumerable<SnapshotValueKind> columns) : SnapshotBuilder(columns)
{
    private const int Side = 1 << PointSnapshot.KeyZoom;

    private readonly Chunks<double> _xs = new();
    private readonly Chunks<double> _ys = new();
    private int _srid;

    /// <inheritdoc/>
    public override int Count => _xs.Count;

    private protected override long GeometryBytes => Count * 24L;

    /// <inheritdoc/>
    public override void Dispose()
    {
        // Nothing is out of a pool.
    }

    private protected override bool TryTake(ReadOnlySpan<byte> ewkb)
    {
        CanHold = SnapshotPoint.TryReadEwkb(ewkb, out var point) && IsOfSystem(point.Srid);
        if (!CanHold || !double.IsFinite(point.X) || !double.IsFinite(point.Y)) return false;
        _xs.Add(point.X);
        _ys.Add(point.Y);
        return true;
    }

    private protected override LayerSnapshot BuildAll()
    {
        var (keys, order) = (new uint[Count], new int[Count]);
        for (var row = 0; row < keys.Length; row++) (keys[row], order[row]) = (KeyOf(_xs[row], _ys[row]), row);
        Array.Sort(keys, order);
        var spare = new SpareChunks();
        // What a row was the how manieth of is its rank.
        return new PointSnapshot(keys, order, _xs.Permute(order, spare), _ys.Permute(order, spare), BuildColumns(order, spare), _srid);
    }

    // That of the first row.
    private bool IsOfSystem(int srid)
    {
        if (_srid == 0 && srid is TileProjection.Wgs84Srid or WebMercator.Srid) _srid = srid;
        return srid == _srid;
    }

    // As a tile's own coordinates are computed: a power of two makes no difference to that.
    private uint KeyOf(double x, double y)
    {
        var isMetric = _srid == WebMercator.Srid;
        var column = Cell(isMetric ? WebMercator.WorldXFromMeters(x) : WebMercator.WorldX(x));
        var row = Cell(isMetric ? WebMercator.WorldYFromMeters(y) : WebMercator.WorldY(y));
        return (uint)MortonCode.Of(column, row);
    }

    private static int Cell(double world) => (int)Math.Clamp(Math.Floor(world * Side), 0, Side - 1);
}
