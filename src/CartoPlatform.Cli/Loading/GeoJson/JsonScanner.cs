using System.Text.Json;

namespace CartoPlatform.Cli.Loading.GeoJson;

/// <summary>
/// A window that moves over a JSON text of any length: only the value being read is in memory.
/// Takes one value after another too (lines of JSON, or parted by the record separators of RFC 8142).
/// </summary>
internal sealed class JsonScanner(Stream stream, string path) : IDisposable
{
    private const int InitialBytes = 128 * 1024;

    /// <summary>PostgreSQL takes no value above 1 GB.</summary>
    private const int LargestBytes = 1 << 30;

    private const byte RecordSeparator = 0x1e;

    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, MaxDepth = 512 };

    private byte[] _buffer = new byte[InitialBytes];
    private int _start;
    private int _end;
    private bool _isComplete;
    private JsonReaderState _state = new(Options);
    private long _line = 1;

    /// <summary>Where the value or token that was read last begins.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The name, after a token that is one.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The next token; null at the end of the file.</summary>
    public async ValueTask<JsonTokenType?> ReadTokenAsync(CancellationToken cancellationToken)
    {
        JsonTokenType token;
        while (!TryToken(out token))
        {
            if (!await FillAsync(cancellationToken))
                return null;
        }

        return token;
    }

    /// <summary>The whole value that comes next; null at the end of an array.</summary>
    public async ValueTask<JsonDocument?> ReadValueAsync(CancellationToken cancellationToken)
    {
        JsonDocument? value;
        while (!TryValue(out value))
        {
            if (!await FillAsync(cancellationToken))
                throw new LoadException(path, _line, "the file ends too early.");
        }

        return value;
    }

    public void Dispose() => stream.Dispose();

    private bool TryToken(out JsonTokenType token)
    {
        var reader = Reader();
        try
        {
            var isRead = reader.Read();
            token = reader.TokenType;
            if (isRead && token == JsonTokenType.PropertyName)
                Name = reader.GetString() ?? "";
            if (isRead)
                Consume(reader);
            return isRead;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid(exception);
        }
    }

    private bool TryValue(out JsonDocument? value)
    {
        value = null;
        var reader = Reader();
        try
        {
            if (!reader.Read())
                return false;

            var first = reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.EndArray && !JsonDocument.TryParseValue(ref reader, out value))
                return false;

            Consume(reader, first);
            return true;
        }
        catch (JsonException exception)
        {
            throw Invalid(exception);
        }
    }

    private Utf8JsonReader Reader() => new(_buffer.AsSpan(_start, _end - _start), _isComplete, _state);

    private void Consume(in Utf8JsonReader reader, long? first = null)
    {
        var (start, length) = ((int)(first ?? reader.TokenStartIndex), (int)reader.BytesConsumed);
        Line = _line + _buffer.AsSpan(_start, start).Count((byte)'\n');
        _line += _buffer.AsSpan(_start, length).Count((byte)'\n');
        _start += length;
        _state = reader.CurrentState;
    }

    private LoadException Invalid(Exception exception) => exception is JsonException { LineNumber: { } line }
        ? new LoadException(path, line + 1, _isComplete ? "the JSON ends too early or is not valid." : "this is not valid JSON.")
        : new LoadException(path, _line, "the text is not valid Unicode.");

    /// <summary>False at the end of the file.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_isComplete)
            return false;

        MakeRoom();
        var isFirst = _line == 1 && _end == 0;
        var read = await ReadAsync(cancellationToken);
        // Not part of any valid JSON text, so this can only be the separator.
        _buffer.AsSpan(_end, read).Replace(RecordSeparator, (byte)' ');
        _end += read;
        _isComplete = read == 0;
        if (isFirst)
            SkipMark();
        return true;
    }

    private async ValueTask<int> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAtLeastAsync(_buffer.AsMemory(_end), Math.Min(4, _buffer.Length - _end), throwOnEndOfStream: false, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw new LoadException(path, _line, "the packed file is damaged.");
        }
    }

    private void SkipMark()
    {
        var text = _buffer.AsSpan(0, _end);
        if (text.StartsWith("\uFEFF"u8))
            _start = 3;
        if (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new LoadException(path, 1, "the text is UTF-16: convert the file to UTF-8 first.");
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        _buffer.AsSpan(_start, length).CopyTo(_buffer);
        (_start, _end) = (0, length);
        if (length < _buffer.Length)
            return;

        if (length >= LargestBytes)
            throw new LoadException(path, _line, "one value is larger than 1 GB.");

        Array.Resize(ref _buffer, length * 2);
    }
}
