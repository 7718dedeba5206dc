namespace CartoPlatform.SqlApi.Values;

internal static class BinaryFormats
{
    public static void Uuid(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        output.Write((byte)'"');
        output.Write(new Guid(value, bigEndian: true));
        output.Write((byte)'"');
    }

    /// <summary>PostgreSQL's hex text, its backslash escaped for JSON.</summary>
    public static void Bytea(ReadOnlySpan<byte> value, Utf8Buffer output)
    {
        output.Write("\"\\\\x"u8);
        Convert.TryToHexStringLower(value, output.GetSpan(checked(2 * value.Length)), out var written);
        output.Advance(written);
        output.Write((byte)'"');
    }
}
