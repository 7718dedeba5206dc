using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.Tiles.Geometry;

/// <summary>Turns the EWKB of a row into what is drawn of it in one tile.</summary>
internal sealed class GeometryPipeline : IDisposable
{
    // PostGIS' own parser stops at this depth too.
    private const int MaxDepth = 200;

    private readonly LineBuilder _lines = new();
    private readonly PolygonBuilder _polygons = new();
    private TileGrid _grid;
    private ClipBox _box;
    private TileProjection _projection;
    private TileWindow _window;
    private int _srid;

    public GeometryPipeline(TileGrid grid) => Reset(grid);

    /// <summary>Whether somebody wants <see cref="TileGeometry.PointDegrees"/>; in metres they take longer to compute than the rest of a point.</summary>
    public bool TakesDegrees { get; init; } = true;

    /// <summary>The result of the last reading.</summary>
    public TileGeometry Geometry { get; } = new();

    /// <summary>Vertices that were left out, of all geometries since <see cref="Reset"/>.</summary>
    public long RemovedVertices => _lines.Simplifier.Removed + _polygons.Simplifier.Removed;

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_grid))]
    public void Reset(TileGrid grid)
    {
        _grid = grid;
        _lines.Simplifier.Removed = _polygons.Simplifier.Removed = 0;
        _box = ClipBox.Of(grid);
        _window = new TileWindow(grid);
        _srid = TileProjection.Wgs84Srid;
        _projection = new TileProjection(grid, _srid);
    }

    /// <summary>Reads a geometry; false when nothing of it is in the tile. No bytes stand for NULL.</summary>
    /// <exception cref="WkbException">The bytes are not EWKB of a supported type and reference system.</exception>
    public bool Read(ReadOnlySpan<byte> ewkb)
    {
        Geometry.Clear();
        if (ewkb.IsEmpty) return false;
        var reader = new WkbReader(ewkb);
        var header = reader.ReadHeader();
        UseSrid(header.Srid == 0 ? TileProjection.Wgs84Srid : header.Srid);
        ReadBody(ref reader, header, depth: 0);
        if (reader.Remaining > 0) throw new WkbException($"WKB has {reader.Remaining} bytes after the geometry.");
        _polygons.Finish(Geometry);
        return !Geometry.IsEmpty;
    }

    /// <summary>The same of a point that a snapshot holds.</summary>
    public bool Read(SnapshotPoint point)
    {
        Geometry.Clear();
        UseSrid(point.Srid);
        AddPoint(point.X, point.Y);
        return Geometry.Points.Count > 0;
    }

    /// <summary>The same of a shape that a snapshot holds.</summary>
    public bool Read(PackedShape shape)
    {
        Geometry.Clear();
        var paths = shape.Paths;
        var hasShell = false;
        while (paths.TryRead(in _window, out var role, out var vertices))
        {
            if (role == PathRole.Line)
            {
                _lines.Add(ref vertices, _box, _grid.Simplify, Geometry.Lines);
                continue;
            }

            if (role == PathRole.Shell) hasShell = false;
            else if (!hasShell) continue;
            var isThere = _polygons.Add(ref vertices, role == PathRole.Hole, _box, _grid.Simplify, Geometry.Polygons);
            hasShell |= isThere;
        }

        _polygons.Finish(Geometry);
        return !Geometry.IsEmpty;
    }

    public void Dispose()
    {
        Geometry.Dispose();
        _lines.Dispose();
        _polygons.Dispose();
    }

    private void UseSrid(int srid)
    {
        if (srid == _srid) return;
        _projection = new TileProjection(_grid, srid);
        _srid = srid;
    }

    private void ReadBody(ref WkbReader reader, WkbHeader header, int depth)
    {
        switch (header.Type)
        {
            case GeometryType.Point:
                reader.ReadCoordinates(1, header.BytesPerCoordinate).Read(0, out var x, out var y);
                AddPoint(x, y);
                break;
            case GeometryType.LineString:
                var line = new WkbVertices(reader.ReadCoordinates(reader.ReadCount(header.BytesPerCoordinate), header.BytesPerCoordinate), in _projection);
                _lines.Add(ref line, _box, _grid.Simplify, Geometry.Lines);
                break;
            case GeometryType.Polygon:
                ReadPolygon(ref reader, header.BytesPerCoordinate);
                break;
            case > GeometryType.Polygon and <= GeometryType.GeometryCollection:
                ReadParts(ref reader, header.Type, depth);
                break;
            default:
                throw new WkbException($"WKB geometry type {(int)header.Type} is not supported in tiles.");
        }
    }

    private void ReadParts(ref WkbReader reader, GeometryType type, int depth)
    {
        if (depth == MaxDepth) throw new WkbException($"WKB nests collections deeper than {MaxDepth} levels.");
        var count = reader.ReadCount(WkbReader.HeaderBytes);
        for (var i = 0; i < count; i++)
        {
            var part = reader.ReadHeader();
            if (type != GeometryType.GeometryCollection && part.Type != type - GeometryType.MultiPoint + GeometryType.Point)
                throw new WkbException($"WKB has a {part.Type} in a {type}.");
            ReadBody(ref reader, part, depth + 1);
        }
    }

    private void ReadPolygon(ref WkbReader reader, int bytesPerCoordinate)
    {
        var count = reader.ReadCount(sizeof(uint));
        var hasShell = false;
        for (var i = 0; i < count; i++)
        {
            var ring = new WkbVertices(reader.ReadCoordinates(reader.ReadCount(bytesPerCoordinate), bytesPerCoordinate), in _projection);
            // Without its shell a polygon has no holes; they are read all the same, as more may follow them.
            if (i > 0 && !hasShell) continue;
            var isThere = _polygons.Add(ref ring, i > 0, _box, _grid.Simplify, Geometry.Polygons);
            hasShell |= isThere;
        }
    }

    private void AddPoint(double x, double y)
    {
        // POINT EMPTY has NaN for both.
        if (!_projection.TryAccept(x, ref y)) return;
        var point = _projection.ToTile(x, y, out var isOwned);
        var snapped = point.Snap();
        if (!(_grid.Buffer == 0 ? isOwned : _box.Contains(snapped))) return;
        Geometry.Points.Add(snapped);
        if (TakesDegrees) Geometry.PointDegrees.Add(new TilePoint(_projection.ToLongitude(x), _projection.ToLatitude(y)));
    }
}
