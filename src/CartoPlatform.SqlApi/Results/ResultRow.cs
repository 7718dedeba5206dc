using System.Buffers;
using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>The values of the reader's current row as bytes, copied into memory that is used again. Columns are read once, in their order.</summary>
internal sealed class ResultRow(NpgsqlDataReader reader) : IDisposable
{
    private byte[] _value = ArrayPool<byte>.Shared.Rent(4_096);

    /// <returns>False for null.</returns>
    public bool TryGet(int column, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (reader.IsDBNull(column)) return false;

        // Npgsql has the whole row in memory: nothing here waits.
        var length = (int)reader.GetBytes(column, 0, _value, 0, _value.Length);
        if (length == _value.Length) length = ReadLong(column);
        value = _value.AsSpan(0, length);
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_value);
        _value = [];
    }

    private int ReadLong(int column)
    {
        var length = (int)reader.GetBytes(column, 0, null, 0, 0);
        if (length > _value.Length)
        {
            ArrayPool<byte>.Shared.Return(_value);
            _value = ArrayPool<byte>.Shared.Rent(length);
        }

        return (int)reader.GetBytes(column, 0, _value, 0, length);
    }
}
