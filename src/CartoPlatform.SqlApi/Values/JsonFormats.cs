using System.Buffers;

namespace CartoPlatform.SqlApi.Values;

/// <summary>JSON goes into the answer as it comes: PostgreSQL has checked it.</summary>
internal static class JsonFormats
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    /// <summary>Kept as it was written, but on one line: a raw line break stands between tokens only, and would end a row of ndjson.</summary>
    public static void Json(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        while (value.IndexOfAny(LineBreaks) is >= 0 and var index)
        {
            output.Write(value[..index]);
            output.Write((byte)' ');
            value = value[(index + 1)..];
        }

        output.Write(value);
    }

    /// <summary>Text behind a byte with the version of the form.</summary>
    public static void Jsonb(ReadOnlySpan<byte> value, Utf8Buffer output) => output.Write(value[1..]);
}
