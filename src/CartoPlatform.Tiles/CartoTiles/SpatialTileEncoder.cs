using System.Buffers;
using System.Buffers.Binary;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>CARTO's binary tile of H3 or quadbin cells (contract, section 4.5).</summary>
public sealed class SpatialTileEncoder : ICellEncoder
{
    public const string MediaType = "application/vnd.carto-spatial-tile";

    // Of the tile and of its cells; Properties are those of vector tiles.
    private const int SchemeField = 1, CellsField = 2;
    private const int Indices = 1, Properties = 2, NumericProps = 3;
    private const int Packed = 1;

    // What hosted tiles say; the client does not look at it.
    private const ulong H3 = 0, Quadbin = 1;

    private readonly ulong _scheme;
    private readonly CartoAttributes _attributes = new();
    private readonly PooledList<long> _cells = new();
    private readonly PooledList<double> _numbers = new(); // by cell, then by column
    private readonly ProtobufBuffer _properties = new();

    public SpatialTileEncoder(CellScheme scheme, IReadOnlyList<TileColumn> columns)
    {
        _scheme = scheme == CellScheme.H3 ? H3 : Quadbin;
        _attributes.Reset(columns);
    }

    public string ContentType => MediaType;

    public int CellCount => _cells.Count;

    public int Length => 2 + ProtobufBuffer.FieldLength(ContentLength);

    private int IndicesLength => ProtobufBuffer.FieldLength(_cells.Count * sizeof(long));

    private int ContentLength =>
        ProtobufBuffer.FieldLength(IndicesLength) + _properties.Length
        + _attributes.NumericColumns.Sum(column => ProtobufBuffer.FieldLength(column.EntryLength(_cells.Count)));

    public void BeginCell(long cell)
    {
        _attributes.CheckOutside();
        _attributes.Begin(_cells.Count, null);
        _cells.Add(cell);
    }

    public void Add(int column, ReadOnlySpan<byte> utf8) => _attributes.Add(column, utf8);

    /// <remarks>Numbers are doubles: exact up to 2^53.</remarks>
    public void Add(int column, long value) => _attributes.Add(column, value);

    public void Add(int column, double value) => _attributes.Add(column, value);

    public void Add(int column, float value) => _attributes.Add(column, value);

    public void Add(int column, bool value) => _attributes.Add(column, value);

    public void EndCell()
    {
        _attributes.End();
        _numbers.AddRange(_attributes.Row.Numbers.Items);
        _properties.WriteField(Properties, _attributes.Row.Properties.Bytes);
    }

    public void WriteTo(IBufferWriter<byte> output)
    {
        var writer = new ProtobufOutput(output);
        writer.WriteVarint(SchemeField, _scheme);
        writer.WriteHeader(CellsField, ContentLength);
        writer.WriteHeader(Indices, IndicesLength);
        writer.WriteHeader(Packed, _cells.Count * sizeof(long));
        foreach (var cell in _cells.Items)
        {
            BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), cell);
            output.Advance(sizeof(long));
        }

        writer.WriteRaw(_properties.Bytes);
        foreach (var column in _attributes.NumericColumns) WriteNumbers(writer, column);
    }

    public void Dispose()
    {
        _attributes.Dispose();
        _cells.Dispose();
        _numbers.Dispose();
        _properties.Dispose();
    }

    private void WriteNumbers(ProtobufOutput writer, NumericColumn column)
    {
        var bytes = _cells.Count * sizeof(double);
        writer.WriteHeader(NumericProps, column.EntryLength(_cells.Count));
        writer.WriteRaw(column.KeyField);
        writer.WriteHeader(CartoTileFields.Value, ProtobufBuffer.FieldLength(bytes));
        writer.WriteHeader(Packed, bytes);
        for (var at = column.Index; at < _numbers.Count; at += _attributes.NumericColumns.Count) writer.WriteDoubles(_numbers[at], 1);
    }
}
