using System.Buffers.Binary;
using System.Data;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// The rows of a tile, read as one value: records as <c>record_send</c> writes them, one behind the other. A driver's work for each row
/// and column costs more than all of a tile's encoding; this way PostgreSQL does a little more, and the driver hands over bytes.
/// </summary>
internal sealed class PackedRows : ITileRows
{
    // The number of columns; type and length of a column.
    private const int RecordHeader = 4;
    private const int ColumnHeader = 8;

    private readonly byte[] _buffer;
    private readonly int[] _starts;

    private PackedRows(byte[] buffer, int length, int[] starts, int count) => (_buffer, Length, _starts, Count) = (buffer, length, starts, count);

    /// <summary>No more than the limit.</summary>
    public int Count { get; private init; }

    /// <summary>Whether there are more than the limit.</summary>
    public bool IsCut { get; private init; }

    /// <summary>Bytes of all of them.</summary>
    public int Length { get; }

    /// <param name="source">What the tile shows.</param>
    /// <param name="sql">Of <see cref="TileQuery"/>: one row of one value.</param>
    /// <param name="box">Values of the query.</param>
    /// <param name="limit">Greatest number of rows.</param>
    /// <param name="keyColumn">Which column is an integer to sort by; null for the order that the rows come in.</param>
    /// <param name="connection">Open.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public static async Task<PackedRows> ReadAsync(
        MapSource source, string sql, TileBox box, int limit, int? keyColumn, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql, connection, [.. box.Values, limit + 1L]);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (await reader.IsDBNullAsync(0, cancellationToken)) return new PackedRows([], 0, [], 0);

        await using var stream = await reader.GetStreamAsync(0, cancellationToken);
        var length = (int)stream.Length;
        var buffer = TileArrays.Rent<byte>(length);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
        return Find(buffer, length, limit, keyColumn);
    }

    /// <inheritdoc/>
    public long PushInto(ITileFeatures target, IReadOnlyList<TileProperty> properties, Func<bool> hasRoom)
    {
        long left = 0;
        for (var row = 0; row < Count; row++)
        {
            if (!hasRoom() || !PackedRow.TryPush(_buffer.AsSpan(_starts[row] + RecordHeader), PackedRow.RecordPrefix, target, properties)) left++;
        }

        return left;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) TileArrays.Return(_buffer);
        if (_starts.Length > 0) TileArrays.Return(_starts);
    }

    private static PackedRows Find(byte[] buffer, int length, int limit, int? keyColumn)
    {
        var hasKey = keyColumn is not null;
        var starts = TileArrays.Rent<int>(256);
        var keys = hasKey ? TileArrays.Rent<long>(256) : [];
        var (count, isSorted) = (0, true);
        for (var at = 0; at < length;)
        {
            if (count == starts.Length) Grow(ref starts);
            if (hasKey && count == keys.Length) Grow(ref keys);
            starts[count] = at;
            at = EndOf(buffer, at, keyColumn ?? -1, out var key);
            if (hasKey)
            {
                keys[count] = key;
                isSorted &= count == 0 || keys[count - 1] <= keys[count];
            }

            count++;
        }

        if (!isSorted) Array.Sort(keys, starts, 0, count);
        if (hasKey) TileArrays.Return(keys);
        return new PackedRows(buffer, length, starts, Math.Min(count, limit)) { IsCut = count > limit };
    }

    private static int EndOf(byte[] buffer, int at, int keyColumn, out long key)
    {
        key = 0;
        var columns = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at));
        at += RecordHeader;
        for (var column = 0; column < columns; column++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at + sizeof(int)));
            at += ColumnHeader;
            if (column == keyColumn) key = length == sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at)) : BinaryPrimitives.ReadInt64BigEndian(buffer.AsSpan(at));
            at += Math.Max(0, length);
        }

        return at;
    }

    private static void Grow<T>(ref T[] array)
        where T : unmanaged
    {
        var larger = TileArrays.Rent<T>(array.Length * 2);
        array.CopyTo(larger, 0);
        TileArrays.Return(array);
        array = larger;
    }
}
