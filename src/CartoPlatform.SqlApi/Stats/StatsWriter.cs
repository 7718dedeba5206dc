using CartoPlatform.SqlApi.Results;
using CartoPlatform.SqlApi.Values;
using CartoPlatform.Tiles;

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
        WriteHead(_attribute, _statement.Type, output);
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

    /// <summary>An extent that no statement gave whole.</summary>
    public static void WriteExtent(string attribute, Bounds? bounds, bool isExact, Utf8Buffer output)
    {
        WriteHead(attribute, "Geometry", output);
        output.Write(",\"extent\":{"u8);
        WriteSide("\"xmin\":"u8, bounds?.West, output);
        WriteSide(",\"ymin\":"u8, bounds?.South, output);
        WriteSide(",\"xmax\":"u8, bounds?.East, output);
        WriteSide(",\"ymax\":"u8, bounds?.North, output);
        output.Write(isExact ? "}}"u8 : "},\"estimated\":true}"u8);
    }

    private static void WriteSide(ReadOnlySpan<byte> name, double? degrees, Utf8Buffer output)
    {
        output.Write(name);
        if (degrees is { } number) output.Write(number);
        else output.Write("null"u8);
    }

    private static void WriteHead(string attribute, string type, Utf8Buffer output)
    {
        output.Write("{\"attribute\":"u8);
        output.Write(JsonString.Encode(attribute));
        output.Write(",\"type\":"u8);
        output.Write(JsonString.Encode(type));
    }
}
