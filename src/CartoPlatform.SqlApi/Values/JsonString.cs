using System.Buffers;
using System.Text;

namespace CartoPlatform.SqlApi.Values;

/// <summary>Text of PostgreSQL (valid UTF-8, no NUL) as a JSON string.</summary>
internal static class JsonString
{
    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    public static void Write(ReadOnlySpan<byte> text, Utf8Buffer output)
    {
        output.Write((byte)'"');
        while (text.IndexOfAny(Escaped) is >= 0 and var index)
        {
            output.Write(text[..index]);
            WriteEscape(text[index], output);
            text = text[(index + 1)..];
        }

        output.Write(text);
        output.Write((byte)'"');
    }

    public static byte[] Encode(string text)
    {
        using var buffer = new Utf8Buffer(text.Length + 2);
        Write(Encoding.UTF8.GetBytes(text), buffer);
        return buffer.Written.ToArray();
    }

    private static void WriteEscape(byte value, Utf8Buffer output)
    {
        switch (value)
        {
            case (byte)'"':
                output.Write("\\\""u8);
                break;
            case (byte)'\\':
                output.Write("\\\\"u8);
                break;
            case (byte)'\n':
                output.Write("\\n"u8);
                break;
            case (byte)'\r':
                output.Write("\\r"u8);
                break;
            case (byte)'\t':
                output.Write("\\t"u8);
                break;
            default:
                output.Write("\\u00"u8);
                output.Write(value, "x2");
                break;
        }
    }
}
