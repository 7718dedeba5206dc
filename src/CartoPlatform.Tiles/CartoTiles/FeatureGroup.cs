using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>
/// The points, lines or polygons of a CARTO vector tile. Vertices are kept once; what the format repeats for each
/// vertex (ids, numbers) is kept once a feature and repeated when written.
/// </summary>
internal sealed class FeatureGroup(CartoTileFields fields) : IDisposable
{
    private readonly PooledList<double> _positions = new();
    private readonly PooledList<Feature> _features = new();
    private readonly PooledList<double> _numbers = new(); // by feature, then by column
    private readonly PooledList<ulong> _ids = new();
    private readonly ProtobufBuffer _properties = new();
    private readonly IndexList _paths = new();
    private readonly IndexList _rings = new();
    private IReadOnlyList<NumericColumn> _numericColumns = [];
    private int _globalIdBytes;
    private int _featureIdBytes;
    private int _idBytes;
    private bool _hasIds;
    private int _start; // first vertex of the feature at hand

    public int MessageLength => ProtobufBuffer.FieldLength(ContentLength);

    private int VertexCount => _positions.Count / 2;

    private int ContentLength
    {
        get
        {
            var length = ProtobufBuffer.FieldLength(CartoMessages.DoublesLength(_positions.Count))
                + ProtobufBuffer.FieldLength(CartoMessages.IntsLength(_globalIdBytes))
                + ProtobufBuffer.FieldLength(CartoMessages.IntsLength(_featureIdBytes))
                + _properties.Length
                + (_hasIds ? _idBytes : 0);
            if (fields.PathIndices != 0) length += ProtobufBuffer.FieldLength(_paths.MessageLength);
            if (fields.RingIndices != 0) length += ProtobufBuffer.FieldLength(_rings.MessageLength);
            if (VertexCount == 0) return length;
            foreach (var column in _numericColumns) length += ProtobufBuffer.FieldLength(column.EntryLength(VertexCount));
            return length;
        }
    }

    public void Reset(IReadOnlyList<NumericColumn> numericColumns)
    {
        _positions.Clear();
        _features.Clear();
        _numbers.Clear();
        _ids.Clear();
        _properties.Clear();
        _paths.Reset();
        _rings.Reset();
        _numericColumns = numericColumns;
        (_globalIdBytes, _featureIdBytes, _idBytes, _hasIds, _start) = (0, 0, 0, false, 0);
    }

    public void AddVertex(double longitude, double latitude)
    {
        _positions.Add(longitude);
        _positions.Add(latitude);
    }

    /// <summary>Ends a path of lines, or a polygon.</summary>
    public void EndPath() => _paths.Add(VertexCount);

    public void EndRing() => _rings.Add(VertexCount);

    /// <summary>Makes a feature of the vertices added since the last one.</summary>
    public void EndFeature(CartoRow row)
    {
        var vertices = VertexCount - _start;
        _start = VertexCount;
        _globalIdBytes += vertices * Varint.Length((uint)row.GlobalId);
        _featureIdBytes += vertices * Varint.Length((uint)_features.Count);
        _features.Add(new Feature(vertices, row.GlobalId));
        _properties.WriteField(fields.Properties, row.Properties.Bytes);
        _numbers.AddRange(row.Numbers.Items);
        _ids.Add(row.Id);
        _hasIds |= row.Id != 0;
        _idBytes += ProtobufBuffer.FieldLength(IdLength(row.Id));
    }

    public void Write(ProtobufOutput output)
    {
        output.WriteHeader(fields.Group, ContentLength);
        WritePositions(output);
        if (fields.PathIndices != 0) _paths.Write(output, fields.PathIndices);
        WriteFeatureIds(output, fields.GlobalFeatureIds, _globalIdBytes, isGlobal: true);
        WriteFeatureIds(output, fields.FeatureIds, _featureIdBytes, isGlobal: false);
        if (fields.RingIndices != 0) _rings.Write(output, fields.RingIndices);
        output.WriteRaw(_properties.Bytes);
        if (VertexCount > 0)
        {
            foreach (var column in _numericColumns) WriteNumbers(output, column);
        }

        if (_hasIds) WriteIds(output);
    }

    public void Dispose()
    {
        _positions.Dispose();
        _features.Dispose();
        _numbers.Dispose();
        _ids.Dispose();
        _properties.Dispose();
        _paths.Dispose();
        _rings.Dispose();
    }

    private static int IdLength(ulong id) => id == 0 ? 0 : 1 + Varint.Length(id);

    private void WritePositions(ProtobufOutput output)
    {
        output.WriteHeader(CartoTileFields.Positions, CartoMessages.DoublesLength(_positions.Count));
        if (_positions.Count > 0)
        {
            output.WriteHeader(CartoTileFields.Packed, _positions.Count * sizeof(double));
            output.WriteDoubles(_positions.Items);
        }

        output.WriteVarint(CartoTileFields.Size, 2);
    }

    private void WriteFeatureIds(ProtobufOutput output, int field, int bytes, bool isGlobal)
    {
        output.WriteHeader(field, CartoMessages.IntsLength(bytes));
        if (bytes > 0)
        {
            output.WriteHeader(CartoTileFields.Packed, bytes);
            for (var i = 0; i < _features.Count; i++)
                output.WriteVarints((uint)(isGlobal ? _features[i].GlobalId : i), _features[i].VertexCount);
        }

        output.WriteVarint(CartoTileFields.Size, 1);
    }

    private void WriteNumbers(ProtobufOutput output, NumericColumn column)
    {
        var bytes = VertexCount * sizeof(double);
        output.WriteHeader(fields.NumericProps, column.EntryLength(VertexCount));
        output.WriteRaw(column.KeyField);
        output.WriteHeader(CartoTileFields.Value, ProtobufBuffer.FieldLength(bytes));
        output.WriteHeader(CartoTileFields.Packed, bytes);
        var at = column.Index;
        foreach (var feature in _features.Items)
        {
            output.WriteDoubles(_numbers[at], feature.VertexCount);
            at += _numericColumns.Count;
        }
    }

    private void WriteIds(ProtobufOutput output)
    {
        foreach (var id in _ids.Items)
        {
            output.WriteHeader(fields.Ids, IdLength(id));
            if (id != 0) output.WriteVarint(CartoTileFields.Id, id);
        }
    }

    private readonly record struct Feature(int VertexCount, int GlobalId);
}
