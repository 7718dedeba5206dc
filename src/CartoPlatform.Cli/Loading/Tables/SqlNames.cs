using System.Globalization;
using System.Text;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>Turns what files call their things into names that need no quoting, where their script allows that.</summary>
internal static class SqlNames
{
    /// <summary>NAMEDATALEN - 1 of PostgreSQL; longer names would be cut silently.</summary>
    public const int LongestBytes = 63;

    /// <summary>Lower case, without accents, with underscores for everything that is neither letter nor digit.</summary>
    public static string From(string text, string fallback)
    {
        var name = new StringBuilder();
        foreach (var rune in text.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark)
                continue;

            if (Rune.IsLetterOrDigit(rune))
                name.Append(Rune.ToLowerInvariant(rune).ToString());
            else if (name.Length > 0 && name[^1] != '_')
                name.Append('_');
        }

        var clean = name.ToString().Trim('_').Normalize(NormalizationForm.FormC);
        if (clean.Length == 0)
            clean = fallback;
        else if (char.IsDigit(clean[0]))
            clean = "_" + clean;
        return Cut(clean, LongestBytes);
    }

    /// <summary>Cuts between characters.</summary>
    public static string Cut(string name, int bytes)
    {
        var kept = name;
        while (Encoding.UTF8.GetByteCount(kept) > bytes)
            kept = kept[..(char.IsLowSurrogate(kept[^1]) ? ^2 : ^1)];
        return kept;
    }
}
