using CartoPlatform.Tiles;
using CartoPlatform.Tilesets.Snapshots;
using Npgsql;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>The values of a row, as they are handed to encoders: a long, a double, a bool or the bytes of a text; null for NULL.</summary>
internal static class RowValues
{
    public static object?[] Read(NpgsqlDataReader reader, int first, IReadOnlyList<TileValue> values)
    {
        var row = new object?[values.Count];
        for (var i = 0; i < row.Length; i++)
        {
            if (reader.IsDBNull(first + i)) continue;
            row[i] = values[i].Kind switch
            {
                TileValueKind.Integer => reader.GetInt64(first + i),
                TileValueKind.Number => reader.GetDouble(first + i),
                TileValueKind.Boolean => reader.GetBoolean(first + i),
                // Text is sent as its bytes in UTF-8.
                _ => System.Text.Encoding.UTF8.GetBytes(reader.GetString(first + i)),
            };
        }

        return row;
    }

    public static void Push(object?[] row, ITileAttributes target)
    {
        for (var column = 0; column < row.Length; column++)
        {
            switch (row[column])
            {
                case long number:
                    target.Add(column, number);
                    break;
                case double number:
                    target.Add(column, number);
                    break;
                case bool flag:
                    target.Add(column, flag);
                    break;
                case byte[] text:
                    target.Add(column, text);
                    break;
            }
        }
    }
}
