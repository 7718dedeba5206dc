using System.Buffers;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>
/// CARTO's binary vector tile: degrees, numbers apart from texts. Lines and polygons are clipped and snapped to the
/// same grid as in MVT; points keep their exact place. Triangles are left to the client.
/// </summary>
public sealed class CartoVectorTileEncoder : ITileEncoder
{
    public const string MediaType = "application/vnd.carto-vector-tile";

    private readonly GeometryPipeline _pipeline;
    private readonly GridDegrees _degrees;
    private readonly CartoAttributes _attributes = new();
    private readonly FeatureGroup _points = new(CartoTileFields.Points);
    private readonly FeatureGroup _lines = new(CartoTileFields.Lines);
    private readonly FeatureGroup _polygons = new(CartoTileFields.Polygons);

    public CartoVectorTileEncoder(TileGrid grid, IReadOnlyList<TileColumn> columns)
    {
        _pipeline = new GeometryPipeline(grid);
        _degrees = new GridDegrees(grid);
        Reset(grid, columns);
    }

    public string ContentType => MediaType;

    public long RemovedVertices => _pipeline.RemovedVertices;

    public int FeatureCount { get; private set; }

    public int Length => _points.MessageLength + _lines.MessageLength + _polygons.MessageLength;

    public void Reset(TileGrid grid, IReadOnlyList<TileColumn> columns)
    {
        _attributes.Reset(columns);
        _pipeline.Reset(grid);
        _degrees.Reset(grid);
        _points.Reset(_attributes.NumericColumns);
        _lines.Reset(_attributes.NumericColumns);
        _polygons.Reset(_attributes.NumericColumns);
        FeatureCount = 0;
    }

    public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null)
    {
        _attributes.CheckOutside();
        return _pipeline.Read(ewkb) && Begin(id);
    }

    public bool BeginFeature(SnapshotPoint point)
    {
        _attributes.CheckOutside();
        return _pipeline.Read(point) && Begin(id: null);
    }

    public bool BeginFeature(PackedShape shape)
    {
        _attributes.CheckOutside();
        return _pipeline.Read(shape) && Begin(id: null);
    }

    /// <exception cref="ArgumentException">The column holds numbers.</exception>
    public void Add(int column, ReadOnlySpan<byte> utf8) => _attributes.Add(column, utf8);

    /// <remarks>Numeric columns are doubles: exact up to 2^53.</remarks>
    public void Add(int column, long value) => _attributes.Add(column, value);

    public void Add(int column, double value) => _attributes.Add(column, value);

    public void Add(int column, float value) => _attributes.Add(column, value);

    public void Add(int column, bool value) => _attributes.Add(column, value);

    public void EndFeature()
    {
        _attributes.End();
        var geometry = _pipeline.Geometry;
        if (geometry.PointDegrees.Count > 0) AddPoints(geometry.PointDegrees.Items);
        if (geometry.Lines.Count > 0) AddLines(geometry.Lines);
        if (geometry.Polygons.PolygonCount > 0) AddPolygons(geometry.Polygons);
        FeatureCount++;
    }

    /// <summary>Writes the tile; without features it still has all its groups, as the client needs them.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var writer = new ProtobufOutput(output);
        _points.Write(writer);
        _lines.Write(writer);
        _polygons.Write(writer);
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _degrees.Dispose();
        _attributes.Dispose();
        _points.Dispose();
        _lines.Dispose();
        _polygons.Dispose();
    }

    private bool Begin(ulong? id)
    {
        _attributes.Begin(FeatureCount, id);
        return true;
    }

    private void AddPoints(ReadOnlySpan<TilePoint> degrees)
    {
        foreach (ref readonly var point in degrees) _points.AddVertex(point.X, point.Y);
        _points.EndFeature(_attributes.Row);
    }

    private void AddLines(LineSet lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            foreach (var vertex in lines[i]) AddVertex(_lines, vertex);
            _lines.EndPath();
        }

        _lines.EndFeature(_attributes.Row);
    }

    private void AddPolygons(RingSet polygons)
    {
        var rings = polygons.Rings;
        for (int start = 0, end; start < rings.Length; start = end)
        {
            end = polygons.EndOfPolygon(start);
            foreach (ref readonly var ring in rings[start..end])
            {
                foreach (var vertex in polygons[ring]) AddVertex(_polygons, vertex);
                AddVertex(_polygons, polygons[ring][0]);
                _polygons.EndRing();
            }

            _polygons.EndPath();
        }

        _polygons.EndFeature(_attributes.Row);
    }

    private void AddVertex(FeatureGroup group, GridPoint vertex) =>
        group.AddVertex(_degrees.Longitude(vertex.X), _degrees.Latitude(vertex.Y));
}
