using CartoPlatform.Contracts.Caching;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache.Flights;

/// <summary>
/// The body of an answer on its way from the origin. Held back while it may be kept, or while a stale entry could take its place; passed
/// on as it comes otherwise, and from the moment it is too large.
/// </summary>
internal sealed class AnswerCapture(HttpResponse response, Stream client, int maxBytes, bool holdFailures) : Stream
{
    private readonly MemoryStream _held = new();
    private bool? _holds;

    /// <summary>Everything there was; null when some of it is with the client.</summary>
    public ReadOnlyMemory<byte>? Held => _holds is false ? null : _held.GetBuffer().AsMemory(0, (int)_held.Length);

    public override bool CanRead => false;

    // To be emptied: what an answer held before it failed is no part of the error.
    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _holds ??= response.Headers.ContainsKey(CacheDeclaration.Header)
            || (holdFailures && response.StatusCode >= StatusCodes.Status500InternalServerError);
        if (_holds is true && _held.Length + buffer.Length <= maxBytes)
        {
            _held.Write(buffer.Span);
            return;
        }

        await ReleaseAsync(cancellationToken);
        await client.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The answers are written asynchronously");

    public override Task FlushAsync(CancellationToken cancellationToken) => _holds is false ? client.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value)
    {
        if (value != 0 || _holds is false) throw new NotSupportedException("It can only be emptied, before any of it was sent");
        _held.SetLength(0);
        _holds = null;
    }

    /// <summary>Passes on what was held, and holds nothing any more.</summary>
    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        _holds = false;
        if (_held.Length == 0) return;
        await client.WriteAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), cancellationToken);
        _held.SetLength(0);
    }
}
