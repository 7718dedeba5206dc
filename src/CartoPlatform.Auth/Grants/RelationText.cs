using System.Text;

namespace CartoPlatform.Auth.Grants;

/// <summary>
/// A relation's name as people write it, read by PostgreSQL's rules (manual, section 4.1.1): parts between dots, unquoted ones folded
/// to lower case (ASCII only, as a UTF-8 server does), quoted ones as they stand, all cut at 63 bytes.
/// </summary>
internal static class RelationText
{
    // NAMEDATALEN - 1.
    private const int MaxIdentifierBytes = 63;

    /// <summary>The parts of the name; a last part <c>*</c> stands for every relation and is given as null.</summary>
    public static IReadOnlyList<string?>? Parse(ReadOnlySpan<char> text)
    {
        List<string?> parts = [];
        while (true)
        {
            text = text.Trim(SqlText.WhiteSpace);
            if (text is "*" && parts.Count > 0) return [.. parts, null];
            if (ReadPart(ref text) is not { } part) return null;
            parts.Add(part);
            text = text.TrimStart(SqlText.WhiteSpace);
            if (text.IsEmpty) return parts;
            if (text[0] != '.') return null;
            text = text[1..];
        }
    }

    private static string? ReadPart(ref ReadOnlySpan<char> text) =>
        text is ['"', ..] ? ReadQuoted(ref text) : ReadUnquoted(ref text);

    private static string? ReadQuoted(ref ReadOnlySpan<char> text)
    {
        var name = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                var doubled = i + 1 < text.Length && text[i + 1] == '"';
                if (!doubled)
                {
                    text = text[(i + 1)..];
                    return name.Length == 0 ? null : Cut(name.ToString());
                }

                i++;
            }

            name.Append(text[i]);
        }

        return null;
    }

    private static string? ReadUnquoted(ref ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (IsLetter(text[length]) || (length > 0 && IsDigit(text[length])))) length++;
        if (length == 0) return null;
        var name = string.Create(length, text[..length], static (folded, written) =>
        {
            for (var i = 0; i < folded.Length; i++) folded[i] = char.IsAsciiLetterUpper(written[i]) ? (char)(written[i] | 0x20) : written[i];
        });
        text = text[length..];
        return Cut(name);
    }

    private static bool IsDigit(char c) => char.IsAsciiDigit(c) || c == '$';

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    private static string Cut(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxIdentifierBytes) return name;
        var bytes = 0;
        var length = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxIdentifierBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return name[..length];
    }
}
