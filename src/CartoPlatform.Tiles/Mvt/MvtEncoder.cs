using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.Tiles.Mvt;

/// <summary>
/// Mapbox Vector Tile 2.1 with one layer, "default". Numbers keep their types as ST_AsMVT writes them: non-negative
/// integers as uint, negative ones as sint (int beyond 2^52). A row whose geometry has parts of several dimensions becomes as many
/// features, with the same id and attributes.
/// </summary>
public sealed class MvtEncoder : ITileEncoder
{
    public const string MediaType = "application/vnd.mapbox-vector-tile";

    private const int CodedTexts = 64;

    private const int MostExpected = 4_096;
    private const int TypicalFeatureBytes = 16;

    private readonly GeometryPipeline _pipeline;
    private readonly ColumnOrder _order = new();
    private readonly MvtValueTable _values = new();
    private readonly ProtobufBuffer _features = new();
    private readonly ProtobufBuffer _keys = new();
    private readonly ProtobufBuffer _tags = new();
    private readonly ProtobufBuffer _geometry = new();
    private readonly CodedText[] _coded = new CodedText[CodedTexts]; // the last one seen in each place
    private IReadOnlyList<TileColumn> _columns;
    private int[] _keyIndices = []; // by column: place in the layer's keys, or -1
    private int _keyCount;
    private int _extent;
    private ulong? _id;

    public MvtEncoder(TileGrid grid, IReadOnlyList<TileColumn> columns)
    {
        _pipeline = new GeometryPipeline(grid) { TakesDegrees = false };
        Reset(grid, columns);
    }

    public string ContentType => MediaType;

    public long RemovedVertices => _pipeline.RemovedVertices;

    public int FeatureCount { get; private set; }

    public int Length => FeatureCount == 0 ? 0 : ProtobufBuffer.FieldLength(LayerLength);

    // Name (with its 2 bytes of tag and length), features, keys, values, extent and version.
    private int LayerLength => 2 + LayerName.Length + _features.Length + _keys.Length + _values.Fields.Length
        + 1 + Varint.Length((uint)_extent) + 2;

    private static ReadOnlySpan<byte> LayerName => "default"u8;

    [MemberNotNull(nameof(_columns))]
    public void Reset(TileGrid grid, IReadOnlyList<TileColumn> columns)
    {
        _order.Reset(columns);
        _pipeline.Reset(grid);
        _columns = columns;
        _extent = grid.Extent;
        if (_keyIndices.Length < columns.Count) _keyIndices = new int[columns.Count];
        Array.Fill(_keyIndices, -1);
        _keyCount = 0;
        _keys.Clear();
        _values.Clear();
        Array.Fill(_coded, new CodedText(-1, 0, -1));
        _features.Clear();
        FeatureCount = 0;
    }

    /// <inheritdoc/>
    public void Expect(int rows)
    {
        _values.Reserve(rows * (long)_columns.Count);
        _features.Reserve(Math.Min(rows, MostExpected) * (TypicalFeatureBytes + 2 * _columns.Count));
    }

    public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null)
    {
        _order.CheckOutside();
        return _pipeline.Read(ewkb) && Begin(id);
    }

    public bool BeginFeature(SnapshotPoint point)
    {
        _order.CheckOutside();
        return _pipeline.Read(point) && Begin(id: null);
    }

    public bool BeginFeature(PackedShape shape)
    {
        _order.CheckOutside();
        return _pipeline.Read(shape) && Begin(id: null);
    }

    public void Add(int column, ReadOnlySpan<byte> utf8)
    {
        _order.Add(column);
        Tag(column, _values.Intern(utf8));
    }

    /// <inheritdoc/>
    public void Add(int column, ReadOnlySpan<byte> utf8, int code)
    {
        _order.Add(column);
        ref var known = ref _coded[((column << 5) ^ code) & (CodedTexts - 1)];
        if (known.Column != column || known.Code != code) known = new CodedText(column, code, _values.Intern(utf8));
        Tag(column, known.Value);
    }

    public void Add(int column, long value)
    {
        _order.Add(column);
        Tag(column, _values.Intern(value));
    }

    public void Add(int column, double value)
    {
        _order.Add(column);
        Tag(column, _values.Intern(value));
    }

    public void Add(int column, float value)
    {
        _order.Add(column);
        Tag(column, _values.Intern(value));
    }

    public void Add(int column, bool value)
    {
        _order.Add(column);
        Tag(column, _values.Intern(value));
    }

    public void EndFeature()
    {
        _order.End();
        var geometry = _pipeline.Geometry;
        if (geometry.Points.Count == 1)
        {
            Span<byte> point = stackalloc byte[MvtGeometryWriter.MaxSinglePointLength];
            WriteFeature(MvtGeometryType.Point, point[..MvtGeometryWriter.WritePoint(point, geometry.Points[0])]);
        }
        else if (geometry.Points.Count > 0)
        {
            _geometry.Clear();
            MvtGeometryWriter.WritePoints(_geometry, geometry.Points.Items);
            WriteFeature(MvtGeometryType.Point, _geometry.Bytes);
        }

        if (geometry.Lines.Count > 0)
        {
            _geometry.Clear();
            MvtGeometryWriter.WriteLines(_geometry, geometry.Lines);
            WriteFeature(MvtGeometryType.LineString, _geometry.Bytes);
        }

        if (geometry.Polygons.PolygonCount > 0)
        {
            _geometry.Clear();
            MvtGeometryWriter.WritePolygons(_geometry, geometry.Polygons);
            WriteFeature(MvtGeometryType.Polygon, _geometry.Bytes);
        }

        FeatureCount++;
    }

    /// <summary>Writes the tile; an empty one has no bytes, as MVT asks for at least one feature in a layer.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (FeatureCount == 0) return;
        using var frame = new ProtobufBuffer();
        frame.WriteHeader(MvtFields.TileLayer, LayerLength);
        frame.WriteField(MvtFields.LayerName, LayerName);
        output.Write(frame.Bytes);
        output.Write(_features.Bytes);
        output.Write(_keys.Bytes);
        output.Write(_values.Fields);
        frame.Clear();
        frame.WriteVarint(MvtFields.LayerExtent, (uint)_extent);
        frame.WriteVarint(MvtFields.LayerVersion, MvtFields.Version);
        output.Write(frame.Bytes);
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _values.Dispose();
        _features.Dispose();
        _keys.Dispose();
        _tags.Dispose();
        _geometry.Dispose();
    }

    private bool Begin(ulong? id)
    {
        _order.Begin();
        _tags.Clear();
        _id = id;
        return true;
    }

    // Keys enter the layer when a feature first uses them: MVT wants none that is unused.
    private void Tag(int column, int value)
    {
        var key = _keyIndices[column];
        if (key < 0)
        {
            key = _keyIndices[column] = _keyCount++;
            _keys.WriteField(MvtFields.LayerKey, Encoding.UTF8.GetBytes(_columns[column].Name));
        }

        _tags.WriteVarints((uint)key, (uint)value);
    }

    private void WriteFeature(MvtGeometryType type, ReadOnlySpan<byte> geometry)
    {
        var length = (_id is { } some ? 1 + Varint.Length(some) : 0)
            + (_tags.Length > 0 ? ProtobufBuffer.FieldLength(_tags.Length) : 0)
            + 2
            + ProtobufBuffer.FieldLength(geometry.Length);
        var feature = new ProtobufSpan(_features.Extend(ProtobufBuffer.FieldLength(length)));
        feature.WriteHeader(MvtFields.LayerFeature, length);
        if (_id is { } id) feature.WriteVarint(MvtFields.FeatureId, id);
        if (_tags.Length > 0) feature.WriteField(MvtFields.FeatureTags, _tags.Bytes);
        feature.WriteVarint(MvtFields.FeatureType, (ulong)type);
        feature.WriteField(MvtFields.FeatureGeometry, geometry);
    }

    private readonly record struct CodedText(int Column, int Code, int Value);
}
