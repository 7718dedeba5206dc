using System.Buffers;

namespace CartoPlatform.SqlApi.Values;

/// <summary>UTF-8 text in the making. Rented memory that grows and is used again, so that rows cost no allocation.</summary>
internal sealed class Utf8Buffer(int initialBytes) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(initialBytes);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>The same, to be changed.</summary>
    public Span<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    /// <summary>Room for this many bytes, to be confirmed by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int bytes)
    {
        if (_bytes.Length - Length < bytes) Grow(bytes);
        return _bytes.AsSpan(Length);
    }

    public void Advance(int bytes) => Length += bytes;

    public void Write(byte value)
    {
        if (Length == _bytes.Length) Grow(1);
        _bytes[Length++] = value;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    public void Write<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        // No number or identifier that PostgreSQL sends in binary is longer than this as text.
        value.TryFormat(GetSpan(64), out var written, format, System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Writes a number from 0 on with zeros in front, as its last <paramref name="count"/> digits (64 at most).</summary>
    public void WriteDigits(long number, int count)
    {
        var text = GetSpan(count)[..count];
        for (var index = count - 1; index >= 0; index--) (number, text[index]) = (number / 10, (byte)('0' + (number % 10)));
        Length += count;
    }

    public void Clear() => Length = 0;

    /// <summary>Hands over what is written, in rented memory that is the caller's to return, and goes on in other such memory.</summary>
    public (byte[] Rented, int Length) Take(int bytes)
    {
        var taken = (_bytes, Length);
        _bytes = ArrayPool<byte>.Shared.Rent(bytes);
        Length = 0;
        return taken;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Grow(int bytes)
    {
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + bytes), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        _bytes.AsSpan(0, Length).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
