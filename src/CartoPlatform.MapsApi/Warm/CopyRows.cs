using System.Buffers.Binary;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>
/// Takes the stream of PostgreSQL's binary COPY apart into rows: a signature, then for each row the number of its columns and the columns,
/// a length before each, and -1 at the end.
/// </summary>
internal sealed class CopyRows(Stream stream, int maxRowBytes)
{
    private const int BufferBytes = 256 * 1024;
    private const int SignatureBytes = 11;
    private const int HeaderBytes = SignatureBytes + 2 * sizeof(int);

    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _hasHeader;

    /// <summary>Reads on; false at the end. What <see cref="TryTake"/> gave is not valid any more.</summary>
    /// <exception cref="InvalidDataException">The stream is not what COPY sends, or a row is too long.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_end >= maxRowBytes) throw new InvalidDataException($"A row is longer than {maxRowBytes} bytes.");
            Array.Resize(ref _buffer, Math.Min(maxRowBytes, _buffer.Length * 2));
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    /// <summary>The next row from its first column on, as far as rows have been read whole.</summary>
    public bool TryTake(out ReadOnlySpan<byte> row)
    {
        row = default;
        if (!_hasHeader && !TryTakeHeader()) return false;
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.Length < sizeof(short)) return false;
        var columns = BinaryPrimitives.ReadInt16BigEndian(rest);
        if (columns < 0) return false;
        var length = sizeof(short);
        for (var column = 0; column < columns; column++)
        {
            if (rest.Length < length + sizeof(int)) return false;
            length += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rest[length..]));
            if (length < 0) throw new InvalidDataException("A row is longer than 2 GB.");
        }

        if (rest.Length < length) return false;
        row = rest[sizeof(short)..length];
        _start += length;
        return true;
    }

    private bool TryTakeHeader()
    {
        if (_end - _start < HeaderBytes) return false;
        var header = _buffer.AsSpan(_start);
        if (!header.StartsWith("PGCOPY\n"u8)) throw new InvalidDataException("This is no binary COPY.");
        var extension = BinaryPrimitives.ReadInt32BigEndian(header[(SignatureBytes + sizeof(int))..]);
        if (_end - _start < HeaderBytes + extension) return false;
        _start += HeaderBytes + extension;
        return _hasHeader = true;
    }
}
