using System.Text;
using CartoPlatform.SqlApi.Results;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Models;

/// <summary>The answer of a model: <c>{"rows": […], "metadata": {…}}</c>.</summary>
internal sealed class ModelWriter : IResultWriter, IDisposable
{
    private readonly Utf8Buffer _metadata = new(256);
    private readonly Utf8Buffer _value = new(256);
    private readonly HashSet<string> _categories = new(StringComparer.Ordinal);

    private ModelStatement _statement = new("", []);
    private IReadOnlyList<ResultColumn> _columns = [];
    private byte[][] _keys = [];
    private int _category = -1;
    private bool _hasMetadata;
    private bool _hasRows;

    public string ContentType => "application/json; charset=utf-8";

    /// <summary>Says what the columns to come are; the statement is known only when the source is.</summary>
    public void Prepare(ModelStatement statement)
    {
        _statement = statement;
        _keys = [.. statement.Keys.Select((key, index) => (byte[])[index == 0 ? (byte)'{' : (byte)',', .. JsonString.Encode(key), (byte)':'])];
        _category = statement.Categories is { } category ? statement.Keys.ToList().IndexOf(category) : -1;
    }

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output)
    {
        _columns = columns;
        _metadata.Clear();
        _categories.Clear();
        (_hasRows, _hasMetadata) = (false, false);
        output.Write("{\"rows\":["u8);
    }

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        var first = 0;
        if (_statement.Metadata is not null) ReadMetadata(row, first++);
        if (_statement.IsPage && !row.TryGet(first++, out _)) return;

        if (_hasRows) output.Write((byte)',');
        _hasRows = true;
        for (var index = 0; index < _keys.Length; index++)
        {
            output.Write(_keys[index]);
            if (index == _category) WriteCategory(row, first + index, output);
            else Write(row, first + index, output, isName: index < _statement.NameCount);
        }

        output.Write((byte)'}');
    }

    public void End(Utf8Buffer output)
    {
        output.Write((byte)']');
        if (_statement.Metadata is { } name && _metadata.Length > 0) WriteMember(name, _metadata.Written.Span, output);
        if (_category >= 0) WriteMember("categories", Encoding.UTF8.GetBytes($"[{string.Join(',', _categories)}]"), output);
        output.Write((byte)'}');
    }

    public void Dispose()
    {
        _metadata.Dispose();
        _value.Dispose();
    }

    private static void WriteMember(string name, ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        output.Write(",\"metadata\":{"u8);
        output.Write(JsonString.Encode(name));
        output.Write((byte)':');
        output.Write(value);
        output.Write((byte)'}');
    }

    // The same in every row.
    private void ReadMetadata(ResultRow row, int column)
    {
        if (_hasMetadata) return;
        _hasMetadata = true;
        if (row.TryGet(column, out var value)) NumberFormat(_columns[column])(value, _metadata);
    }

    private void WriteCategory(ResultRow row, int column, Utf8Buffer output)
    {
        _value.Clear();
        Write(row, column, _value, isName: true);
        _categories.Add(Encoding.UTF8.GetString(_value.Written.Span));
        output.Write(_value.Written.Span);
    }

    private static ValueFormat NumberFormat(ResultColumn column) => column.TypeName == "int8" ? NumberFormats.AnyInt64 : column.Format;

    private void Write(ResultRow row, int column, Utf8Buffer output, bool isName)
    {
        if (row.TryGet(column, out var value)) (isName ? _columns[column].Format : NumberFormat(_columns[column]))(value, output);
        else output.Write("null"u8);
    }
}
