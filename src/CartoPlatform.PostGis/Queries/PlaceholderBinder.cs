using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Rewrites the placeholders that a statement uses to <c>$1</c>, <c>$2</c>, … without gaps, because PostgreSQL wants a type for each.</summary>
internal static class PlaceholderBinder
{
    public static bool TryBind(
        SqlText sql, QueryParameters parameters, [NotNullWhen(true)] out BoundQuery? query, [NotNullWhen(false)] out string? error)
    {
        query = null;
        error = null;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var values = new List<QueryValue>();
        var places = new List<BoundPlace>();
        var text = new StringBuilder();
        var copied = 0;
        foreach (var placeholder in PlaceholderFinder.Find(sql, parameters))
        {
            if (placeholder.Value is null)
            {
                error = $"queryParameters has no value for {placeholder.Name}";
                return false;
            }

            if (!numbers.TryGetValue(placeholder.Name, out var number))
            {
                values.Add(placeholder.Value);
                numbers[placeholder.Name] = number = values.Count;
            }

            // The space keeps it apart from a word before it: "$" may stand inside a name.
            text.Append(sql.Text, copied, placeholder.Start - copied).Append(' ');
            places.Add(new BoundPlace(text.Length, number - 1, placeholder.Start, placeholder.End));
            text.Append(BoundQuery.Placeholder(number - 1));
            copied = placeholder.End;
        }

        if (PlaceholderFinder.Mistaken(sql, parameters, numbers.Keys) is { } name)
        {
            error = $"<@{name} is the operator <@: put a space before @{name} where it is a placeholder";
            return false;
        }

        text.Append(sql.Text, copied, sql.Text.Length - copied);
        query = new BoundQuery(sql, text.ToString(), values, places);
        return true;
    }
}
