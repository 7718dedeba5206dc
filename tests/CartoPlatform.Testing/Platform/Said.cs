using System.Text;

namespace CartoPlatform.Testing.Platform;

/// <summary>What comes out of a program, read as it comes.</summary>
internal sealed class Said
{
    private readonly StringBuilder _text = new();
    private readonly Task _reading;

    public Said(StreamReader reader) => _reading = ReadAsync(reader);

    /// <summary>All of it, or what came within the limit where somebody keeps the other end open.</summary>
    public async Task<string> TextAsync(TimeSpan limit)
    {
        await Task.WhenAny(_reading, Task.Delay(limit));
        lock (_text) return _text.ToString();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_text) _text.Append(buffer, 0, count);
        }
    }
}
