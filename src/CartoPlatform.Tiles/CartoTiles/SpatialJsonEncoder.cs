using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>A tile of cells as a JSON array (contract, section 4.9): cells in hexadecimal, numbers as numbers.</summary>
public sealed class SpatialJsonEncoder : ICellEncoder
{
    public const string MediaType = "application/json";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly ColumnOrder _order = new();
    private readonly JsonEncodedText[] _names;

    public SpatialJsonEncoder(IReadOnlyList<TileColumn> columns)
    {
        _order.Reset(columns);
        _names = [.. columns.Select(column => JsonEncodedText.Encode(column.Name, Options.Encoder))];
        _json = new Utf8JsonWriter(_buffer, Options);
        _json.WriteStartArray();
    }

    public string ContentType => MediaType;

    public int CellCount { get; private set; }

    public int Length => (int)(_json.BytesCommitted + _json.BytesPending) + 1;

    public void BeginCell(long cell)
    {
        _order.CheckOutside();
        _order.Begin();
        _json.WriteStartObject();
        _json.WriteString("id"u8, cell.ToString("x", System.Globalization.CultureInfo.InvariantCulture));
        _json.WriteStartObject("properties"u8);
        CellCount++;
    }

    public void Add(int column, ReadOnlySpan<byte> utf8)
    {
        _order.Add(column);
        _json.WriteString(_names[column], utf8);
    }

    public void Add(int column, long value)
    {
        _order.Add(column);
        _json.WriteNumber(_names[column], value);
    }

    /// <remarks>JSON has no NaN and no infinities: they are null.</remarks>
    public void Add(int column, double value)
    {
        _order.Add(column);
        if (double.IsFinite(value)) _json.WriteNumber(_names[column], value);
        else _json.WriteNull(_names[column]);
    }

    public void Add(int column, float value)
    {
        _order.Add(column);
        if (float.IsFinite(value)) _json.WriteNumber(_names[column], value);
        else _json.WriteNull(_names[column]);
    }

    public void Add(int column, bool value)
    {
        _order.Add(column);
        _json.WriteBoolean(_names[column], value);
    }

    public void EndCell()
    {
        _order.End();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>Writes the tile, once.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        _json.WriteEndArray();
        _json.Flush();
        output.Write(_buffer.WrittenSpan);
    }

    public void Dispose() => _json.Dispose();
}
