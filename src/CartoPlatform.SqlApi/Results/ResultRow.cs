using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CartoPlatform.SqlApi.Values;
using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// A result, one row at a time: its values as PostgreSQL sends them. A row that has come whole is read where the driver has it; one that
/// has not is awaited value by value, in memory that is used again.
/// </summary>
internal sealed class ResultRow(NpgsqlCommand command, NpgsqlDataReader reader, int columns, int maxBytes) : IAsyncDisposable
{
    private readonly (int Start, int Length)[] _values = new (int, int)[columns];
    private byte[] _bytes = [];
    private byte[] _rented = [];

    /// <summary>Waits for the next row, of which <see cref="LoadAsync"/> must follow.</summary>
    /// <returns>False when there is none left.</returns>
    public Task<bool> NextAsync(CancellationToken cancellationToken) => reader.ReadAsync(cancellationToken);

    /// <summary>Waits for all values of the row; they hold until the next one.</summary>
    /// <exception cref="UnwritableValueException">The row is too large.</exception>
    public ValueTask LoadAsync(CancellationToken cancellationToken) =>
        DriverRow.TryGet(reader, out var row) ? Take(row) : new ValueTask(ReceiveAsync(cancellationToken));

    /// <returns>False for null.</returns>
    public bool TryGet(int column, out ReadOnlySpan<byte> value)
    {
        var (start, length) = _values[column];
        value = length < 0 ? default : _bytes.AsSpan(start, length);
        return length >= 0;
    }

    /// <summary>Ends the statement, of which not all was read.</summary>
    public void Cancel() => command.Cancel();

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        if (_rented.Length > 0) ArrayPool<byte>.Shared.Return(_rented);
        (_bytes, _rented) = ([], []);
    }

    // Of each value the length (32 bits, -1 for null), then its bytes.
    private ValueTask Take(ReadOnlyMemory<byte> row)
    {
        if (!MemoryMarshal.TryGetArray(row, out var bytes) || bytes.Array is null) throw new InvalidOperationException("The driver's memory is no array");
        if (bytes.Count - (sizeof(int) * columns) > maxBytes) throw TooLarge();
        _bytes = bytes.Array;
        var at = bytes.Offset;
        for (var column = 0; column < _values.Length; column++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(at));
            at += sizeof(int);
            _values[column] = (at, length);
            if (length > 0) at += length;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The size of a value is known before it is here: a row that is too large is never fetched. PostgreSQL sends pieces of 8 KB, and the
    /// second half of a row comes with the rows behind it, so that this may take as long as a statement.
    /// </summary>
    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        // The driver would leave the statement running here: it ends the connection alone.
        await using var leaving = cancellationToken.UnsafeRegister(static command => ((NpgsqlCommand)command!).Cancel(), command);
        var driver = DriverRow.Of(reader);
        var end = 0;
        for (var column = 0; column < _values.Length; column++)
        {
            await driver.BufferAsync(sizeof(int), CancellationToken.None);
            if (await reader.IsDBNullAsync(column, CancellationToken.None))
            {
                _values[column] = (end, -1);
                continue;
            }

            var length = (int)reader.GetBytes(column, 0, null, 0, 0);
            if (length > maxBytes - end) throw TooLarge();
            Reserve(end + length, end);
            await driver.ReadBytesAsync(_rented.AsMemory(end, length), CancellationToken.None);
            _values[column] = (end, length);
            end += length;
        }

        _bytes = _rented;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Reserve(int bytes, int kept)
    {
        if (bytes <= _rented.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(bytes, Math.Min(2L * _rented.Length, Array.MaxLength)));
        _rented.AsSpan(0, kept).CopyTo(larger);
        if (_rented.Length > 0) ArrayPool<byte>.Shared.Return(_rented);
        _rented = larger;
    }

    private UnwritableValueException TooLarge() => new($"A row is larger than {maxBytes} bytes");
}
