using System.Buffers;
using System.Globalization;
using System.Text;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>
/// CARTO's binary vector tile: degrees, numbers apart from texts. Lines and polygons are clipped and snapped to the
/// same grid as in MVT; points keep their exact place. Triangles are left to the client.
/// </summary>
public sealed class CartoVectorTileEncoder : ITileEncoder
{
    public const string MediaType = "application/vnd.carto-vector-tile";

    // The longest number in text: -1.7976931348623157E+308.
    private const int MaxNumberLength = 32;

    private readonly GeometryPipeline _pipeline;
    private readonly GridDegrees _degrees;
    private readonly ColumnOrder _order = new();
    private readonly CartoRow _row = new();
    private readonly FeatureGroup _points = new(CartoTileFields.Points);
    private readonly FeatureGroup _lines = new(CartoTileFields.Lines);
    private readonly FeatureGroup _polygons = new(CartoTileFields.Polygons);
    private readonly List<NumericColumn> _numericColumns = [];
    private byte[][] _keyFields = []; // by column
    private int[] _numericIndices = []; // by column: place among the numeric ones, or -1

    public CartoVectorTileEncoder(TileGrid grid, IReadOnlyList<TileColumn> columns)
    {
        _pipeline = new GeometryPipeline(grid);
        _degrees = new GridDegrees(grid);
        Reset(grid, columns);
    }

    public string ContentType => MediaType;

    public int FeatureCount { get; private set; }

    public int Length => _points.MessageLength + _lines.MessageLength + _polygons.MessageLength;

    public void Reset(TileGrid grid, IReadOnlyList<TileColumn> columns)
    {
        _order.Reset(columns);
        _pipeline.Reset(grid);
        _degrees.Reset(grid);
        _numericColumns.Clear();
        _keyFields = new byte[columns.Count][];
        _numericIndices = new int[columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            _keyFields[i] = KeyField(columns[i].Name);
            _numericIndices[i] = columns[i].Kind == TileColumnKind.Number ? _numericColumns.Count : -1;
            if (_numericIndices[i] >= 0) _numericColumns.Add(new NumericColumn(_keyFields[i], _numericIndices[i]));
        }

        _points.Reset(_numericColumns);
        _lines.Reset(_numericColumns);
        _polygons.Reset(_numericColumns);
        FeatureCount = 0;
    }

    public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null)
    {
        _order.CheckOutside();
        if (!_pipeline.Read(ewkb)) return false;
        _order.Begin();
        _row.Begin(FeatureCount, id, _numericColumns.Count);
        return true;
    }

    /// <exception cref="ArgumentException">The column holds numbers.</exception>
    public void Add(int column, ReadOnlySpan<byte> utf8)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0) throw new ArgumentException($"Column {column} holds numbers.", nameof(column));
        AddText(column, utf8);
    }

    /// <remarks>Numeric columns are doubles: exact up to 2^53.</remarks>
    public void Add(int column, long value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            _row.Numbers[_numericIndices[column]] = value;
        else
            AddFormatted(column, value);
    }

    public void Add(int column, double value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            _row.Numbers[_numericIndices[column]] = value;
        else
            AddFormatted(column, value);
    }

    public void Add(int column, float value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            _row.Numbers[_numericIndices[column]] = value;
        else
            AddFormatted(column, value);
    }

    public void Add(int column, bool value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            _row.Numbers[_numericIndices[column]] = value ? 1 : 0;
        else
            AddText(column, value ? "true"u8 : "false"u8);
    }

    public void EndFeature()
    {
        _order.End();
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
        _row.Dispose();
        _points.Dispose();
        _lines.Dispose();
        _polygons.Dispose();
    }

    private static byte[] KeyField(string name)
    {
        using var buffer = new ProtobufBuffer();
        buffer.WriteField(CartoTileFields.Key, Encoding.UTF8.GetBytes(name));
        return buffer.Bytes.ToArray();
    }

    private void AddFormatted<T>(int column, T value)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[MaxNumberLength];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        AddText(column, text[..length]);
    }

    private void AddText(int column, ReadOnlySpan<byte> utf8)
    {
        var key = _keyFields[column];
        _row.Properties.WriteHeader(CartoTileFields.KeyValue, key.Length + ProtobufBuffer.FieldLength(utf8.Length));
        _row.Properties.WriteRaw(key);
        _row.Properties.WriteField(CartoTileFields.Value, utf8);
    }

    private void AddPoints(ReadOnlySpan<TilePoint> degrees)
    {
        foreach (ref readonly var point in degrees) _points.AddVertex(point.X, point.Y);
        _points.EndFeature(_row);
    }

    private void AddLines(LineSet lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            foreach (var vertex in lines[i]) AddVertex(_lines, vertex);
            _lines.EndPath();
        }

        _lines.EndFeature(_row);
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

        _polygons.EndFeature(_row);
    }

    private void AddVertex(FeatureGroup group, GridPoint vertex) =>
        group.AddVertex(_degrees.Longitude(vertex.X), _degrees.Latitude(vertex.Y));
}
