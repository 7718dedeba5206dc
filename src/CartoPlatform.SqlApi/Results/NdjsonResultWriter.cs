using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>One row a line, each a JSON object.</summary>
internal sealed class NdjsonResultWriter : IResultWriter
{
    private byte[][] _keys = [];
    private IReadOnlyList<ResultColumn> _columns = [];

    public string ContentType => "application/x-ndjson; charset=utf-8";

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output)
    {
        _columns = columns;
        _keys = JsonRow.Keys(columns);
    }

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        JsonRow.Write(row, _columns, _keys, output);
        output.Write((byte)'\n');
    }

    public void End(Utf8Buffer output)
    {
        // The end of the last line is the end of the result.
    }
}
