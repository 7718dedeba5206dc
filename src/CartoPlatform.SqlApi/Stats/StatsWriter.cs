using CartoPlatform.SqlApi.Results;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Stats;

/// <summary>Statistics as the object that the client puts in the place of an attribute's entry in <c>tilestats</c>.</summary>
internal sealed class StatsWriter : IResultWriter
{
    private StatsStatement _statement = new("", "");
    private string _attribute = "";
    private IReadOnlyList<ResultColumn> _columns = [];

    public string ContentType => "application/json; charset=utf-8";

    /// <summary>Says what the row to come is; the statement is known only when the source is.</summary>
    public void Prepare(string attribute, StatsStatement statement) => (_attribute, _statement) = (attribute, statement);

    public void Begin(IReadOnlyList<ResultColumn> columns, Utf8Buffer output) => _columns = columns;

    public void WriteRow(ResultRow row, Utf8Buffer output)
    {
        output.Write("{\"attribute\":"u8);
        output.Write(JsonString.Encode(_attribute));
        output.Write(",\"type\":"u8);
        output.Write(JsonString.Encode(_statement.Type));
        if (row.TryGet(0, out var size))
        {
            output.Write(",\"sampled\":true,\"sampleSize\":"u8);
            _columns[0].Format(size, output);
        }

        for (var index = 0; index < _statement.Members.Count; index++)
        {
            output.Write((byte)',');
            output.Write(JsonString.Encode(_statement.Members[index]));
            output.Write((byte)':');
            if (row.TryGet(index + 1, out var value)) _columns[index + 1].Format(value, output);
            else output.Write("null"u8);
        }

        output.Write((byte)'}');
    }

    public void End(Utf8Buffer output)
    {
    }
}
