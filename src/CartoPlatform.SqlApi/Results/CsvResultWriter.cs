using System.Buffers;
using System.Text;
using System.Text.Json;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// Comma-separated text (RFC 4180) with a line of names: texts as they are, structures as JSON, null as nothing at all, so that an
/// empty text has quotes.
/// </summary>
internal sealed class CsvResultWriter : IResultWriter
{
    private static readonly SearchValues<byte> NeedQuotes = SearchValues.Create(",\"\r\n"u8);

    private readonly ArrayBufferWriter<byte> _text = new();
    private IReadOnlyList<ResultColumn> _columns = [];

    public string ContentType => "text/csv; charset=utf-8";

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output)
    {
        _columns = columns;
        for (var index = 0; index < columns.Count; index++)
        {
            if (index > 0) output.Write((byte)',');
            WriteField(Encoding.UTF8.GetBytes(columns[index].Field.Name), output);
        }

        output.Write("\r\n"u8);
    }

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        for (var index = 0; index < _columns.Count; index++)
        {
            if (index > 0) output.Write((byte)',');
            if (row.TryGet(index, out var value)) WriteValue(_columns[index], value, output);
        }

        output.Write("\r\n"u8);
    }

    public void End(Utf8Buffer output)
    {
        // The end of the last line is the end of the result.
    }

    private void WriteValue(ResultColumn column, ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        if (column.Format == ValueFormats.Text)
        {
            WriteField(value, output);
            return;
        }

        using var json = new Utf8Buffer(2 * value.Length + 64);
        column.Format(value, json);
        var isText = json.Written.Span[0] == (byte)'"' && column.Field.Type != FieldType.Object;
        if (!json.Written.Span.SequenceEqual("null"u8)) WriteField(isText ? Unescape(json.Written.Span) : json.Written.Span, output);
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        _text.ResetWrittenCount();
        _text.Advance(reader.CopyString(_text.GetSpan(json.Length)));
        return _text.WrittenSpan;
    }

    private static void WriteField(ReadOnlySpan<byte> text, Utf8Buffer output)
    {
        if (!text.IsEmpty && !text.ContainsAny(NeedQuotes))
        {
            output.Write(text);
            return;
        }

        output.Write((byte)'"');
        while (text.IndexOf((byte)'"') is >= 0 and var quote)
        {
            output.Write(text[..(quote + 1)]);
            output.Write((byte)'"');
            text = text[(quote + 1)..];
        }

        output.Write(text);
        output.Write((byte)'"');
    }
}
