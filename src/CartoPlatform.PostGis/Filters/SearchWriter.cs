using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace CartoPlatform.PostGis.Filters;

/// <summary>
/// Writes <c>stringSearch</c> as the client library's own implementation means it (<c>FilterTypes.ts</c>): unless told to keep them,
/// both sides lose their diacritics after canonical decomposition; regular expressions are taken as they are.
/// </summary>
internal sealed partial class SearchWriter(string textSql, SqlParameterList parameters)
{
    public string Write(FilterCondition.Search search)
    {
        var options = search.Options;
        var text = options.KeepSpecialCharacters ? textSql : $"regexp_replace(normalize({textSql}, NFD), '{Diacritics.Class}', '', 'g')";
        if (search.Texts.Count == 0) return $"{textSql} IS NOT NULL";
        if (options.UseRegExp)
        {
            parameters.HoldsRegExp = true;
            return $"{text} {(options.CaseSensitive ? "~" : "~*")} ANY ({Add(search.Texts)})";
        }

        return $"{text} {(options.CaseSensitive ? "LIKE" : "ILIKE")} ANY ({Add([.. search.Texts.Select(value => Pattern(value, options))])})";
    }

    private static string Pattern(string value, SearchOptions options)
    {
        var pattern = new StringBuilder(options.MustStart ? "" : "%");
        foreach (var character in options.KeepSpecialCharacters ? value : DiacriticsPattern().Replace(value.Normalize(NormalizationForm.FormD), ""))
        {
            if (character is '\\' or '%' or '_') pattern.Append('\\');
            pattern.Append(character);
        }

        return pattern.Append(options.MustEnd ? "" : "%").ToString();
    }

    private string Add(IReadOnlyList<string> texts) => parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. texts] });

    [GeneratedRegex(Diacritics.Class)]
    private static partial Regex DiacriticsPattern();
}
