using System.Buffers.Binary;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Makes a <see cref="PointSnapshot"/>. Rows without a place on the map are left out.</summary>
/// <param name="columns">What the values of each attribute are.</param>
public sealed class PointSnapshotBuilder(IEnumerable<SnapshotValueKind> columns) : SnapshotBuilder(columns)
{
    // Byte order, type and reference system; x and y.
    private const int HeaderBytes = 9;
    private const int PointBytes = HeaderBytes + 16;

    private const byte LittleEndian = 1;

    private const int Side = 1 << PointSnapshot.KeyZoom;

    private readonly Chunks<double> _xs = new();
    private readonly Chunks<double> _ys = new();
    private byte[] _header = [];
    private bool _isMetric;

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
        if (_header.Length == 0 && ewkb.Length == PointBytes) Learn(ewkb);
        CanHold = _header.Length > 0 && ewkb.Length == PointBytes && ewkb.StartsWith(_header);
        if (!CanHold) return false;
        var x = BinaryPrimitives.ReadDoubleLittleEndian(ewkb[HeaderBytes..]);
        var y = BinaryPrimitives.ReadDoubleLittleEndian(ewkb[(HeaderBytes + sizeof(double))..]);
        if (!double.IsFinite(x) || !double.IsFinite(y)) return false;
        _xs.Add(x);
        _ys.Add(y);
        return true;
    }

    private protected override LayerSnapshot BuildAll()
    {
        var (keys, order) = (new uint[Count], new int[Count]);
        for (var row = 0; row < keys.Length; row++) (keys[row], order[row]) = (KeyOf(_xs[row], _ys[row]), row);
        Array.Sort(keys, order);
        // What a row was the how manieth of is its rank.
        return new PointSnapshot(keys, order, _xs.Permute(order), _ys.Permute(order), BuildColumns(order), _header);
    }

    // All rows have to begin as the first one does.
    private void Learn(ReadOnlySpan<byte> ewkb)
    {
        var reader = new WkbReader(ewkb);
        var header = reader.ReadHeader();
        var isPlain = ewkb[0] == LittleEndian && header is { Type: GeometryType.Point, BytesPerCoordinate: 16, Srid: TileProjection.Wgs84Srid or WebMercator.Srid };
        if (isPlain) (_header, _isMetric) = (ewkb[..HeaderBytes].ToArray(), header.Srid == WebMercator.Srid);
    }

    // As a tile's own coordinates are computed: a power of two makes no difference to that.
    private uint KeyOf(double x, double y)
    {
        var column = Cell(_isMetric ? WebMercator.WorldXFromMeters(x) : WebMercator.WorldX(x));
        var row = Cell(_isMetric ? WebMercator.WorldYFromMeters(y) : WebMercator.WorldY(y));
        return (uint)MortonCode.Of(column, row);
    }

    private static int Cell(double world) => (int)Math.Clamp(Math.Floor(world * Side), 0, Side - 1);
}
