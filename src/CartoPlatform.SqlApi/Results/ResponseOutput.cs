using System.Buffers;
using System.Globalization;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// The body of an answer. The first part is held back, so that an error can still take its place; from then on it goes out in pieces,
/// as fast as the client takes them. What is held back lies in pieces too: memory that grows is copied each time, and none of what it
/// has grown out of is used again soon.
/// </summary>
internal sealed class ResponseOutput(HttpResponse response, int holdBackBytes) : IDisposable
{
    // Each piece wakes the thread that sends it: large enough for that to be nothing beside what is in it, and half of what the server holds
    // of an answer, so that the next one is made meanwhile.
    private const int PieceBytes = 256 * 1_024;

    // The row that fills a piece goes beyond it: most find room for that.
    private const int FullBytes = PieceBytes - (16 * 1_024);

    // Most answers are of widgets, and small.
    private const int FirstBytes = 16 * 1_024;

    private readonly Queue<(byte[] Rented, int Length)> _held = new();
    private long _heldBytes;
    private bool _isHolding = holdBackBytes > 0;

    public Utf8Buffer Buffer { get; } = new(FirstBytes);

    /// <summary>Rows in the answer so far.</summary>
    public int Rows { get; set; }

    public bool IsComplete { get; private set; }

    /// <summary>Whether the client has seen anything: then an error can only cut the answer.</summary>
    public bool HasStarted => response.HasStarted;

    /// <summary>Tells caches on the way that data of this connection change with this answer.</summary>
    public void TellChange(string connection)
    {
        if (!HasStarted) response.Headers[CacheDeclaration.ChangedHeader] = $"{connection};0";
    }

    /// <summary>Sends what has gathered, if it is enough. To be asked after each row.</summary>
    public ValueTask FlushAsync(string contentType, CancellationToken cancellationToken)
    {
        if (_isHolding && _heldBytes + Buffer.Length >= holdBackBytes) return SendAsync(contentType, cancellationToken);
        if (Buffer.Length < FullBytes) return ValueTask.CompletedTask;
        if (!_isHolding) return SendAsync(contentType, cancellationToken);
        _heldBytes += Buffer.Length;
        _held.Enqueue(Buffer.Take(PieceBytes));
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends the rest.</summary>
    public async ValueTask CompleteAsync(string contentType, CancellationToken cancellationToken)
    {
        response.HttpContext.Features.Set(new AnsweredRows(Rows));
        if (!HasStarted)
        {
            response.Headers[AnsweredRows.Header] = Rows.ToString(CultureInfo.InvariantCulture);
            response.ContentLength = _heldBytes + Buffer.Length;
        }

        await SendAsync(contentType, cancellationToken);
        IsComplete = true;
    }

    /// <summary>Forgets what was held back.</summary>
    public void Clear()
    {
        while (_held.TryDequeue(out var piece)) ArrayPool<byte>.Shared.Return(piece.Rented);
        _heldBytes = 0;
        Buffer.Clear();
        Rows = 0;
    }

    public void Dispose()
    {
        Clear();
        Buffer.Dispose();
    }

    private async ValueTask SendAsync(string contentType, CancellationToken cancellationToken)
    {
        if (!HasStarted) response.ContentType = contentType;
        _isHolding = false;
        while (_held.TryPeek(out var piece))
        {
            await SendAsync(piece.Rented.AsMemory(0, piece.Length), cancellationToken);
            ArrayPool<byte>.Shared.Return(_held.Dequeue().Rented);
        }

        await SendAsync(Buffer.Written, cancellationToken);
        _heldBytes = 0;
        Buffer.Clear();
    }

    // Each piece waits for the client to take the one before: a write of all would lie in the socket's buffers a second time.
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < bytes.Length; sent += PieceBytes)
            await response.Body.WriteAsync(bytes[sent..Math.Min(sent + PieceBytes, bytes.Length)], cancellationToken);
    }
}
