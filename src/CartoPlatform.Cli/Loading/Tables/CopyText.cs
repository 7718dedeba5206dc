using System.Buffers;
using System.Text;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>Rows in the text format of COPY, one a line, so that PostgreSQL's line numbers are row numbers.</summary>
internal sealed class CopyText(TableShape shape)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\\\t\n\r");

    private readonly string?[] _values = new string?[shape.Columns.Count];
    private readonly StringBuilder _line = new();

    /// <summary>The geometry first, then the columns in their order.</summary>
    public StringBuilder Line(SourceRow row)
    {
        Array.Clear(_values);
        foreach (var (name, value) in row.Fields)
            _values[shape.IndexOf(name)] = value.Kind == FieldKind.Null ? null : value.Text;

        _line.Clear();
        Append(row.Geometry);
        foreach (var value in _values)
        {
            _line.Append('\t');
            Append(value);
        }

        return _line.Append('\n');
    }

    private void Append(string? value)
    {
        if (value is null)
        {
            _line.Append("\\N");
            return;
        }

        if (value.AsSpan().IndexOfAny(Special) < 0)
        {
            _line.Append(value);
            return;
        }

        foreach (var character in value)
        {
            _line.Append(character switch
            {
                '\\' => "\\\\",
                '\t' => "\\t",
                '\n' => "\\n",
                '\r' => "\\r",
                _ => null,
            });
            if (!Special.Contains(character))
                _line.Append(character);
        }
    }
}
