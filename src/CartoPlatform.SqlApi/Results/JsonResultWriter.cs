using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// The answer of the contract, section 10.1: <c>{"rows": […], "schema": […], "meta": {…}}</c>. What stands behind the rows is missing
/// from an answer that was cut.
/// </summary>
internal sealed class JsonResultWriter : IResultWriter
{
    private byte[][] _keys = [];
    private IReadOnlyList<ResultColumn> _columns = [];
    private bool _hasRows;

    public string ContentType => "application/json; charset=utf-8";

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output)
    {
        _columns = columns;
        _keys = JsonRow.Keys(columns);
        output.Write("{\"rows\":["u8);
    }

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        if (_hasRows) output.Write((byte)',');
        _hasRows = true;
        JsonRow.Write(row, _columns, _keys, output);
    }

    public void End(Utf8Buffer output)
    {
        output.Write("],\"schema\":["u8);
        for (var index = 0; index < _columns.Count; index++)
        {
            output.Write(index == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            output.Write(_columns[index].JsonName);
            output.Write(",\"type\":"u8);
            output.Write(JsonString.Encode(_columns[index].Field.Type));
            output.Write((byte)'}');
        }

        // Members that the client's type declares. Nothing here comes from a cache: the layer in front knows what does.
        output.Write("],\"meta\":{\"cacheHit\":false,\"location\":\"local\",\"totalBytesProcessed\":\"0\"}}"u8);
    }
}
