using CartoPlatform.SqlApi.Values;

namespace CartoPlatform.SqlApi.Results.Arrow;

/// <summary>A buffer as the stream that Arrow writes to.</summary>
internal sealed class Utf8BufferStream : Stream
{
    public Utf8Buffer? Target { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => Target?.Write(buffer);

    public override void Flush()
    {
        // What is in the buffer goes out with the answer.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
