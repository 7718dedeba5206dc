using System.Globalization;
using System.Text;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>Sorts the attributes of a row as CARTO's formats want them: numbers by column, everything else as key and text.</summary>
internal sealed class CartoAttributes : ITileAttributes, IDisposable
{
    // The longest number in text: -1.7976931348623157E+308.
    private const int MaxNumberLength = 32;

    private readonly ColumnOrder _order = new();
    private readonly List<NumericColumn> _numericColumns = [];
    private byte[][] _keyFields = []; // by column
    private int[] _numericIndices = []; // by column: place among the numeric ones, or -1

    public CartoRow Row { get; } = new();

    public IReadOnlyList<NumericColumn> NumericColumns => _numericColumns;

    public void Reset(IReadOnlyList<TileColumn> columns)
    {
        _order.Reset(columns);
        _numericColumns.Clear();
        _keyFields = new byte[columns.Count][];
        _numericIndices = new int[columns.Count];
        for (var i = 0; i < columns.Count; i++)
        {
            _keyFields[i] = KeyField(columns[i].Name);
            _numericIndices[i] = columns[i].Kind == TileColumnKind.Number ? _numericColumns.Count : -1;
            if (_numericIndices[i] >= 0) _numericColumns.Add(new NumericColumn(_keyFields[i], _numericIndices[i]));
        }
    }

    public void CheckOutside() => _order.CheckOutside();

    public void Begin(int globalId, ulong? id)
    {
        _order.Begin();
        Row.Begin(globalId, id, _numericColumns.Count);
    }

    public void End() => _order.End();

    public void Add(int column, ReadOnlySpan<byte> utf8)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0) throw new ArgumentException($"Column {column} holds numbers.", nameof(column));
        AddText(column, utf8);
    }

    public void Add(int column, long value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            Row.Numbers[_numericIndices[column]] = value;
        else
            AddFormatted(column, value);
    }

    public void Add(int column, double value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            Row.Numbers[_numericIndices[column]] = value;
        else
            AddFormatted(column, value);
    }

    public void Add(int column, float value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            Row.Numbers[_numericIndices[column]] = value;
        else
            AddFormatted(column, value);
    }

    public void Add(int column, bool value)
    {
        _order.Add(column);
        if (_numericIndices[column] >= 0)
            Row.Numbers[_numericIndices[column]] = value ? 1 : 0;
        else
            AddText(column, value ? "true"u8 : "false"u8);
    }

    public void Dispose() => Row.Dispose();

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
        Row.Properties.WriteHeader(CartoTileFields.KeyValue, key.Length + ProtobufBuffer.FieldLength(utf8.Length));
        Row.Properties.WriteRaw(key);
        Row.Properties.WriteField(CartoTileFields.Value, utf8);
    }
}
