using System.Buffers;
using CartoPlatform.SqlApi.Values;
using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>The values of the reader's current row as bytes, copied into memory that is used again. Columns are read once, in their order.</summary>
internal sealed class ResultRow(NpgsqlDataReader reader, int maxBytes) : IDisposable
{
    private byte[] _value = ArrayPool<byte>.Shared.Rent(4_096);
    private long _rowBytes;

    /// <returns>False for null.</returns>
    public bool TryGet(int column, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (column == 0) _rowBytes = 0;
        if (reader.IsDBNull(column)) return false;

        // Npgsql has the whole row in memory: nothing here waits.
        var length = (int)reader.GetBytes(column, 0, _value, 0, _value.Length);
        if (length == _value.Length) length = (int)reader.GetBytes(column, 0, null, 0, 0);
        if ((_rowBytes += length) > maxBytes) throw new UnwritableValueException($"A row is larger than {maxBytes} bytes");
        if (length > _value.Length) ReadAgain(column, length);
        value = _value.AsSpan(0, length);
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_value);
        _value = [];
    }

    private void ReadAgain(int column, int length)
    {
        ArrayPool<byte>.Shared.Return(_value);
        _value = ArrayPool<byte>.Shared.Rent(length);
        reader.GetBytes(column, 0, _value, 0, length);
    }
}
