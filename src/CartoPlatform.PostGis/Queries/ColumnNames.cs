using System.Globalization;

namespace CartoPlatform.PostGis.Queries;

/// <summary>Names of a result's columns where they must differ: of two members of a JSON object or attributes of a tile, the second would hide the first.</summary>
public static class ColumnNames
{
    /// <summary>The first column of a name keeps it; the next are <c>name_1</c>, <c>name_2</c>, …, past any column that is called so itself.</summary>
    public static IReadOnlyList<string> MakeUnique(IEnumerable<string> names)
    {
        var all = names.ToList();
        var taken = new HashSet<string>(all, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var counters = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. all.Select(name => seen.Add(name) ? name : Next(name))];

        string Next(string name)
        {
            while (true)
            {
                var number = counters[name] = counters.GetValueOrDefault(name) + 1;
                var candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
                if (taken.Add(candidate)) return candidate;
            }
        }
    }
}
