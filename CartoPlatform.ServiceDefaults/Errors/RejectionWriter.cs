using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace CartoPlatform.ServiceDefaults.Errors;

/// <summary>
/// What Kestrel refuses before a request exists (an address with <c>%00</c>, one that is too long, headers that are no headers), it
/// answers with a bare status, which no middleware sees and no browser lets a page read. This end of a connection knows such an answer
/// by its few headers, and gives it the contract's body and CORS header.
/// </summary>
internal sealed class RejectionWriter(PipeWriter inner) : PipeWriter
{
    // "HTTP/1.1 400 Bad Request", Content-Length, Connection and Date take no more.
    private const int MaxHeadBytes = 200;

    private Memory<byte> _memory;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        var written = _memory.Span[..bytes];
        if (bytes > MaxHeadBytes || !written.StartsWith("HTTP/1.1 4"u8) || Explain(written) is not { } answer)
        {
            inner.Advance(bytes);
            return;
        }

        // What is not advanced over was never written.
        answer.CopyTo(inner.GetSpan(answer.Length));
        inner.Advance(answer.Length);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <returns>Null for an answer of the application.</returns>
    private static byte[]? Explain(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.ASCII.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (!lines.Contains("Content-Length: 0") || !lines.Contains("Connection: close") || !lines.Skip(1).All(IsOfKestrel)) return null;
        if (!int.TryParse(lines[0].AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)) return null;

        var body = JsonSerializer.Serialize(new Dictionary<string, string> { ["error"] = ErrorOf(status) });
        string[] all =
        [
            lines[0],
            .. lines.Skip(1).Where(line => !line.StartsWith("Content-Length:", StringComparison.Ordinal)),
            string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}"),
            "Content-Type: application/json; charset=utf-8",
            "Cache-Control: no-store",
            $"{ContentSniffing.Header}: {ContentSniffing.None}",
            "Access-Control-Allow-Origin: *",
            "",
            body,
        ];
        return Encoding.ASCII.GetBytes(string.Join("\r\n", all));
    }

    private static bool IsOfKestrel(string line) =>
        line.StartsWith("Content-Length:", StringComparison.Ordinal) || line.StartsWith("Connection:", StringComparison.Ordinal)
        || line.StartsWith("Date:", StringComparison.Ordinal);

    private static string ErrorOf(int status) => status switch
    {
        400 => "The request is not one that can be read: its address or its headers are malformed",
        408 => "The request took too long to arrive",
        414 => "The address of the request is too long: send the parameters by POST",
        431 => "The headers of the request are too large",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };
}
