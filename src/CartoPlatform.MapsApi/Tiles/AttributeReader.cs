using System.Buffers;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Pushes the attributes of rows into an encoder. Values go as bytes: no text and no array is made per row.</summary>
internal sealed class AttributeReader(NpgsqlDataReader reader, IReadOnlyList<TileProperty> properties, ITileAttributes target) : IDisposable
{
    // Before the attributes stands what they belong to.
    private const int First = 1;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4_096);

    /// <summary>Takes the attributes of the current row.</summary>
    public void Take()
    {
        for (var column = 0; column < properties.Count; column++)
        {
            if (!reader.IsDBNull(column + First)) Add(column, column + First);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Add(int column, int ordinal)
    {
        switch (properties[column].Type)
        {
            case TileValueType.Int32:
                target.Add(column, (long)reader.GetInt32(ordinal));
                break;
            case TileValueType.Int64:
                target.Add(column, reader.GetInt64(ordinal));
                break;
            case TileValueType.Single:
                if (reader.GetFloat(ordinal) is var single && float.IsFinite(single)) target.Add(column, single);
                break;
            case TileValueType.Double:
                if (reader.GetDouble(ordinal) is var number && double.IsFinite(number)) target.Add(column, number);
                break;
            case TileValueType.Boolean:
                target.Add(column, reader.GetBoolean(ordinal));
                break;
            default:
                target.Add(column, ReadBytes(ordinal));
                break;
        }
    }

    /// <summary>A value of the current row as it was sent, until the next one is read.</summary>
    public ReadOnlySpan<byte> ReadBytes(int ordinal)
    {
        var length = (int)reader.GetBytes(ordinal, 0, null, 0, 0);
        if (length > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        reader.GetBytes(ordinal, 0, _buffer, 0, length);
        return _buffer.AsSpan(0, length);
    }
}
