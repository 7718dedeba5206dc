using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>A row as a JSON object.</summary>
internal static class JsonRow
{
    /// <summary>What stands before each value: <c>{"first":</c>, <c>,"second":</c>, …</summary>
    public static byte[][] Keys(IReadOnlyList<ResultColumn> columns) =>
        [.. columns.Select((column, index) => (byte[])[index == 0 ? (byte)'{' : (byte)',', .. column.JsonName, (byte)':'])];

    public static void Write(ResultRow row, IReadOnlyList<ResultColumn> columns, byte[][] keys, Utf8Buffer output)
    {
        if (keys.Length == 0) output.Write((byte)'{');
        for (var index = 0; index < keys.Length; index++)
        {
            output.Write(keys[index]);
            if (row.TryGet(index, out var value)) columns[index].Format(value, output);
            else output.Write("null"u8);
        }

        output.Write((byte)'}');
    }
}
