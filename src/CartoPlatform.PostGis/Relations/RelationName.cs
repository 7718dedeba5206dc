using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CartoPlatform.PostGis.Relations;

/// <summary>A part of a dotted name as written: quoted parts keep their case, others may be folded.</summary>
public readonly record struct NamePart(string Text, bool Quoted);

/// <summary>
/// A table's name as a caller writes it: <c>table</c>, <c>schema.table</c> or <c>database.schema.table</c>, each part quoted as in
/// SQL (<c>"My Table"</c>) or not. It is looked up in the catalogue and never pasted into SQL.
/// </summary>
public sealed record RelationName(NamePart? Database, NamePart? Schema, NamePart Table)
{
    // NAMEDATALEN is 64 bytes: no part can be longer, and no name than three quoted parts of doubled quotes.
    private const int MaxLength = 3 * (2 * 64 + 2) + 2;

    public static bool TryParse(string? text, [NotNullWhen(true)] out RelationName? name)
    {
        name = null;
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxLength) return false;

        var parts = new List<NamePart>(3);
        var index = 0;
        while (true)
        {
            if (parts.Count == 3 || !TryReadPart(text, ref index, out var part)) return false;
            parts.Add(part);
            if (index == text.Length) break;
            if (text[index++] != '.') return false;
        }

        name = new RelationName(
            parts.Count == 3 ? parts[0] : null,
            parts.Count >= 2 ? parts[^2] : null,
            parts[^1]);
        return true;
    }

    private static bool TryReadPart(string text, ref int index, out NamePart part)
    {
        part = default;
        if (index < text.Length && text[index] == '"') return TryReadQuoted(text, ref index, out part);

        var start = index;
        while (index < text.Length && text[index] is not ('.' or '"' or '\0')) index++;
        var word = text[start..index].Trim();
        part = new NamePart(word, Quoted: false);
        return word.Length > 0;
    }

    private static bool TryReadQuoted(string text, ref int index, out NamePart part)
    {
        part = default;
        var word = new StringBuilder();
        for (index++; index < text.Length; index++)
        {
            if (text[index] == '\0') return false;
            if (text[index] != '"')
            {
                word.Append(text[index]);
            }
            else if (index + 1 < text.Length && text[index + 1] == '"')
            {
                word.Append('"');
                index++;
            }
            else
            {
                index++;
                part = new NamePart(word.ToString(), Quoted: true);
                return word.Length > 0;
            }
        }

        return false;
    }
}
