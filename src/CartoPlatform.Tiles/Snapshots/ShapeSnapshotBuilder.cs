using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>
/// Makes a <see cref="ShapeSnapshot"/> of lines and polygons, their multi-geometries included; of Z and M nothing is kept. Points,
/// collections, and coordinates that are none cannot be held.
/// </summary>
/// <param name="columns">What the values of each attribute are.</param>
public sealed class ShapeSnapshotBuilder(IEnumerable<SnapshotValueKind> columns) : SnapshotBuilder(columns)
{
    // As in TileProjection: what lies beyond is noise, and encoders leave it out.
    private const double MaxAbsolute = 1e12;
    private const double MaxDegrees = 90;

    private readonly ShapePacker _packer = new();
    private readonly ShapeBytes _shapes = new();
    private readonly Chunks<ulong> _places = new();
    private readonly Chunks<ShapeBox> _boxes = new();
    private int _srid;
    private Bounds _box; // of the row at hand
    private bool _hasVertices;

    /// <inheritdoc/>
    public override int Count => _places.Count;

    private protected override long GeometryBytes => _shapes.Bytes + Count * 32L;

    private bool IsMetric => _srid == WebMercator.Srid;

    /// <inheritdoc/>
    public override void Dispose() => _packer.Dispose();

    private protected override bool TryTake(ReadOnlySpan<byte> ewkb)
    {
        if (ewkb.IsEmpty) return false;
        _packer.Clear();
        (_box, _hasVertices) = (new Bounds(double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity), false);
        var reader = new WkbReader(ewkb);
        var header = reader.ReadHeader();
        if (_srid == 0 && header.Srid is TileProjection.Wgs84Srid or WebMercator.Srid) _srid = header.Srid;
        CanHold = _srid != 0 && header.Srid == _srid && TryTake(ref reader, header) && reader.Remaining == 0;
        if (!CanHold || !_hasVertices) return false;
        _places.Add(_shapes.Add(_packer.Pack()));
        _boxes.Add(ShapeBox.Of(_box));
        return true;
    }

    private protected override LayerSnapshot BuildAll()
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        var spare = new SpareChunks();
        return new ShapeSnapshot(new BoxTree(_boxes), _places.Permute(order, spare), _shapes, BuildColumns(order, spare), IsMetric);
    }

    private bool TryTake(ref WkbReader reader, WkbHeader header)
    {
        if (header.Type is GeometryType.LineString or GeometryType.Polygon) return TryTakePart(ref reader, header);
        if (header.Type is not (GeometryType.MultiLineString or GeometryType.MultiPolygon)) return false;
        var partType = header.Type == GeometryType.MultiLineString ? GeometryType.LineString : GeometryType.Polygon;
        var count = reader.ReadCount(WkbReader.HeaderBytes);
        for (var i = 0; i < count; i++)
        {
            var part = reader.ReadHeader();
            if (part.Type != partType || !TryTakePart(ref reader, part)) return false;
        }

        return true;
    }

    private bool TryTakePart(ref WkbReader reader, WkbHeader header)
    {
        if (header.Type == GeometryType.LineString) return TryTakePath(ref reader, header, PathRole.Line);
        var count = reader.ReadCount(sizeof(uint));
        for (var ring = 0; ring < count; ring++)
        {
            if (!TryTakePath(ref reader, header, ring == 0 ? PathRole.Shell : PathRole.Hole)) return false;
        }

        return true;
    }

    private bool TryTakePath(ref WkbReader reader, WkbHeader header, PathRole role)
    {
        var vertices = reader.ReadCoordinates(reader.ReadCount(header.BytesPerCoordinate), header.BytesPerCoordinate);
        for (var i = 0; i < vertices.Count; i++)
        {
            vertices.Read(i, out var x, out var y);
            if (!(Math.Abs(x) <= MaxAbsolute && Math.Abs(y) <= MaxAbsolute)) return false;
            // PostGIS does not look at holes for its boxes.
            if (role != PathRole.Hole) Reach(x, y);
            var (worldX, worldY) = IsMetric
                ? (WebMercator.WorldXFromMeters(x), WebMercator.UnclampedWorldYFromMeters(y))
                : (WebMercator.WorldX(x), WebMercator.UnclampedWorldY(Math.Clamp(y, -MaxDegrees, MaxDegrees)));
            if (!_packer.TryAddVertex(worldX, worldY)) return false;
        }

        _packer.EndPath(role);
        return true;
    }

    private void Reach(double x, double y)
    {
        _box = new Bounds(Math.Min(_box.West, x), Math.Min(_box.South, y), Math.Max(_box.East, x), Math.Max(_box.North, y));
        _hasVertices = true;
    }
}
