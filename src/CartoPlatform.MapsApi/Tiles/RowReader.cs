using System.Buffers;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Geometry;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Pushes the rows of <see cref="TileQuery.Rows"/> into an encoder. Values go as bytes: no text and no array is made per row.</summary>
internal sealed class RowReader(NpgsqlDataReader reader, IReadOnlyList<TileProperty> properties, ITileEncoder encoder) : IDisposable
{
    private const int GeometryOrdinal = 0;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4_096);

    /// <summary>Rows whose geometry is not one that can be drawn.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Takes the current row.</summary>
    public void Take()
    {
        if (reader.IsDBNull(GeometryOrdinal)) return;
        try
        {
            if (!encoder.BeginFeature(ReadBytes(GeometryOrdinal))) return;
        }
        catch (WkbException)
        {
            Unreadable++;
            return;
        }

        for (var column = 0; column < properties.Count; column++)
        {
            if (!reader.IsDBNull(column + 1)) Add(column, column + 1);
        }

        encoder.EndFeature();
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Add(int column, int ordinal)
    {
        switch (properties[column].Type)
        {
            case TileValueType.Int32:
                encoder.Add(column, (long)reader.GetInt32(ordinal));
                break;
            case TileValueType.Int64:
                encoder.Add(column, reader.GetInt64(ordinal));
                break;
            case TileValueType.Single:
                encoder.Add(column, reader.GetFloat(ordinal));
                break;
            case TileValueType.Double:
                encoder.Add(column, reader.GetDouble(ordinal));
                break;
            case TileValueType.Boolean:
                encoder.Add(column, reader.GetBoolean(ordinal));
                break;
            default:
                encoder.Add(column, ReadBytes(ordinal));
                break;
        }
    }

    private ReadOnlySpan<byte> ReadBytes(int ordinal)
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
