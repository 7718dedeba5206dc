using System.Globalization;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results;

/// <summary>
/// The body of an answer. The first part is held back, so that an error can still take its place; from then on it goes out in pieces,
/// as fast as the client takes them.
/// </summary>
internal sealed class ResponseOutput(HttpResponse response, int holdBackBytes) : IDisposable
{
    // Each piece wakes the thread that sends it: large enough for that to be nothing beside what is in it, and half of what the server holds
    // of an answer, so that the next one is made meanwhile.
    private const int PieceBytes = 256 * 1_024;

    // Most answers are of widgets, and small.
    private const int FirstBytes = 16 * 1_024;

    // How much gathers before it is sent.
    private int _enough = Math.Max(holdBackBytes, 1);

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

    /// <summary>Sends what has gathered, if it is enough.</summary>
    public ValueTask FlushAsync(string contentType, CancellationToken cancellationToken) =>
        Buffer.Length < _enough ? ValueTask.CompletedTask : SendAsync(contentType, cancellationToken);

    /// <summary>Sends the rest.</summary>
    public async ValueTask CompleteAsync(string contentType, CancellationToken cancellationToken)
    {
        response.HttpContext.Features.Set(new AnsweredRows(Rows));
        if (!HasStarted)
        {
            response.Headers[AnsweredRows.Header] = Rows.ToString(CultureInfo.InvariantCulture);
            response.ContentLength = Buffer.Length;
        }

        await SendAsync(contentType, cancellationToken);
        IsComplete = true;
    }

    /// <summary>Forgets what was held back.</summary>
    public void Clear()
    {
        Buffer.Clear();
        Rows = 0;
    }

    public void Dispose() => Buffer.Dispose();

    private async ValueTask SendAsync(string contentType, CancellationToken cancellationToken)
    {
        if (!HasStarted) response.ContentType = contentType;
        _enough = PieceBytes;
        // Each piece waits for the client to take the one before: a write of all would lie in the socket's buffers a second time.
        for (var sent = 0; sent < Buffer.Length; sent += PieceBytes)
            await response.Body.WriteAsync(Buffer.Written[sent..Math.Min(sent + PieceBytes, Buffer.Length)], cancellationToken);
        Buffer.Clear();
    }
}
