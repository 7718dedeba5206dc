namespace CartoPlatform.PostGis.Relations;

/// <summary>Which of the tables that there are a caller may have meant by a name that is none's.</summary>
internal static class SimilarNames
{
    private const int MaxEdits = 2;

    /// <summary>The name that is least far from the one asked for, as it can be asked for; null if none is near.</summary>
    public static string? Choose(RelationName asked, IEnumerable<(string Schema, string Table)> there)
    {
        var near = there
            // Made since it was looked for: then it is not like it.
            .Where(name => (asked.Schema?.Text, asked.Table.Text) != (name.Schema, name.Table))
            .Select(name => (name.Schema, name.Table, Edits: Distance(asked, name)))
            .Where(name => name.Edits is not null)
            .OrderBy(name => name.Edits).ThenBy(name => name.Schema, StringComparer.Ordinal).ThenBy(name => name.Table, StringComparer.Ordinal)
            .FirstOrDefault();
        return near.Table is null ? null : $"{Write(near.Schema)}.{Write(near.Table)}";
    }

    private static int? Distance(RelationName asked, (string Schema, string Table) name)
    {
        // The right name in the wrong schema, or in one that has to be said.
        if (string.Equals(asked.Table.Text, name.Table, StringComparison.OrdinalIgnoreCase)) return 0;

        var edits = Edits(asked.Table.Text, name.Table) + (asked.Schema is { } schema ? Edits(schema.Text, name.Schema) : 0);
        // Of a short name one letter is much: "a" is not like "b".
        return edits <= Math.Min(MaxEdits, asked.Table.Text.Length / 3) ? edits : null;
    }

    /// <summary>How many letters have to be put in, taken out or changed, whatever their case.</summary>
    private static int Edits(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > MaxEdits) return MaxEdits + 1;
        var above = Enumerable.Range(0, other.Length + 1).ToArray();
        foreach (var (row, letter) in one.Index())
        {
            var line = new int[above.Length];
            line[0] = row + 1;
            for (var column = 1; column < line.Length; column++)
            {
                var change = char.ToLowerInvariant(letter) == char.ToLowerInvariant(other[column - 1]) ? 0 : 1;
                line[column] = Math.Min(Math.Min(line[column - 1], above[column]) + 1, above[column - 1] + change);
            }

            above = line;
        }

        return above[^1];
    }

    private static string Write(string part) => part.AsSpan().ContainsAny('.', '"') || part.Trim() != part ? $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : part;
}
