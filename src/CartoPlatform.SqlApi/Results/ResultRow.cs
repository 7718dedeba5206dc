using System.Buffers;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>A result, one row at a time: its values as PostgreSQL sends them, in memory that is used again.</summary>
internal abstract class ResultRow(int columns, int maxBytes) : IAsyncDisposable
{
    // Of a row that is still to be read, no more than this has room before its size is known.
    private const int UsualBytes = 64 * 1_024;

    private readonly (int Start, int Length)[] _values = new (int, int)[columns];
    private int _valueBytes;

    protected byte[] Bytes { get; private set; } = ArrayPool<byte>.Shared.Rent(UsualBytes);

    protected int ColumnCount => columns;

    /// <returns>False when there is none left.</returns>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Ends the statement, of which not all was read.</summary>
    public abstract Task CancelAsync();

    /// <returns>False for null.</returns>
    public bool TryGet(int column, out ReadOnlySpan<byte> value)
    {
        var (start, length) = _values[column];
        value = length < 0 ? default : Bytes.AsSpan(start, length);
        return length >= 0;
    }

    public virtual ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = [];
        return ValueTask.CompletedTask;
    }

    /// <summary>Notes where a value lies, or will: its size is known before it is there, and a row that is too large is never fetched.</summary>
    /// <param name="column">Counted from 0, in order.</param>
    /// <param name="start">In <see cref="Bytes"/>.</param>
    /// <param name="length">-1 for null.</param>
    /// <exception cref="UnwritableValueException">The row is too large.</exception>
    protected void Place(int column, int start, int length)
    {
        if (column == 0) _valueBytes = 0;
        if (length > maxBytes - _valueBytes) throw new UnwritableValueException($"A row is larger than {maxBytes} bytes");
        _valueBytes += Math.Max(length, 0);
        _values[column] = (start, length);
    }

    /// <summary>Makes room for so many bytes in all; the first <paramref name="kept"/> stay.</summary>
    protected void Reserve(int bytes, int kept)
    {
        if (bytes <= Bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(bytes, Math.Min(2L * Bytes.Length, Array.MaxLength)));
        Bytes.AsSpan(0, kept).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = larger;
    }
}
