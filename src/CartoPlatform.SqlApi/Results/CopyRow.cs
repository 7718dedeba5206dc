using System.Buffers.Binary;
using System.Globalization;
using Npgsql;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// Rows by <c>COPY … TO STDOUT</c> in binary: the same bytes as of a query, without what a driver does for each value. The form is of the
/// manual's page of COPY: a head; for each row the number of its columns (16 bits), and each value after its length (32 bits, -1 for
/// null); -1 in place of a row at the end. The first row is none of the result: PostgreSQL says that it has begun with the first 8 KB that
/// it sends, and before that a driver does not let a COPY be cancelled.
/// </summary>
internal sealed class CopyRow(NpgsqlRawCopyStream copy, int columns, int maxBytes) : ResultRow(columns + 1, maxBytes)
{
    /// <summary>PostgreSQL has 1,664 in a list, and one is the greeting's.</summary>
    public const int MaxColumns = 1_600;

    // Of PostgreSQL's buffer for what it sends.
    private const int GreetingBytes = 8 * 1_024;

    // The signature, flags, and the length of an extension that no version has.
    private const int HeadBytes = 19;

    private int _start;
    private int _end;
    private bool _hasHead;
    private bool _hasGreeting;
    private bool _isOver;

    /// <summary>The statement for a query of these columns: with the first row, and with one column more, which makes it large.</summary>
    public static string Sql(string query, int columns) => string.Create(
        CultureInfo.InvariantCulture,
        $"COPY (SELECT {string.Concat(Enumerable.Repeat("NULL, ", columns))}pg_catalog.repeat('-', {GreetingBytes}) UNION ALL ({query})) TO STDOUT (FORMAT binary)");

    /// <summary>What is in memory already needs no wait, and next to nothing else.</summary>
    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryRead())
            {
                if (_hasGreeting) return new(true);
                _hasGreeting = true;
                continue;
            }

            if (_isOver) return EndAsync(cancellationToken);
            var more = ReceiveAsync(cancellationToken);
            if (!more.IsCompletedSuccessfully) return ReadAsync(more, cancellationToken);
            Take(more.Result);
        }
    }

    public override async Task CancelAsync()
    {
        try
        {
            await copy.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // An error of PostgreSQL's has ended it already.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            // Reads what is left, to which belongs that the statement was cancelled.
            await copy.DisposeAsync();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            // It was.
        }

        await base.DisposeAsync();
    }

    private async ValueTask<bool> ReadAsync(ValueTask<int> more, CancellationToken cancellationToken)
    {
        Take(await more);
        return await ReadAsync(cancellationToken);
    }

    private ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start == _end) (_start, _end) = (0, 0);
        Reserve(_end + 1, _end);
        return copy.ReadAsync(Bytes.AsMemory(_end), cancellationToken);
    }

    private void Take(int bytes) => _end += bytes > 0 ? bytes : throw new NpgsqlException("COPY has ended in the middle of a row");

    // The last word is PostgreSQL's, after the last row.
    private async ValueTask<bool> EndAsync(CancellationToken cancellationToken)
    {
        while (await copy.ReadAsync(Bytes, cancellationToken) > 0)
        {
            // Nothing follows.
        }

        return false;
    }

    private bool TryRead()
    {
        if (!_hasHead)
        {
            if (_end - _start < HeadBytes) return false;
            (_hasHead, _start) = (true, _start + HeadBytes);
        }

        var at = _start + sizeof(short);
        if (at > _end) return false;
        if (BinaryPrimitives.ReadInt16BigEndian(Bytes.AsSpan(_start)) < 0)
        {
            _isOver = true;
            return false;
        }

        for (var column = 0; column < ColumnCount; column++)
        {
            if (at + sizeof(int) > _end) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(at));
            at += sizeof(int);
            Place(column, at, length);
            if (length <= 0) continue;
            if (length > _end - at)
            {
                Reserve(at + length, _end);
                return false;
            }

            at += length;
        }

        _start = at;
        return true;
    }
}
