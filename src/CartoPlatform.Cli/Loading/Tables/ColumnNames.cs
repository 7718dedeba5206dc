using System.Globalization;

namespace CartoPlatform.Cli.Loading.Tables;

internal static class ColumnNames
{
    public const string Geometry = "geom";

    /// <summary>Names that every table has already.</summary>
    private static readonly string[] Taken = [Geometry, "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    /// <summary>A valid and different column name for each name of the file, in the same order.</summary>
    public static IReadOnlyList<string> For(IEnumerable<string> names)
    {
        var used = new HashSet<string>(Taken, StringComparer.Ordinal);
        var columns = new List<string>();
        foreach (var name in names)
        {
            var clean = SqlNames.From(name, "column");
            var unique = clean;
            for (var number = 2; !used.Add(unique); number++)
            {
                var suffix = string.Create(CultureInfo.InvariantCulture, $"_{number}");
                unique = SqlNames.Cut(clean, SqlNames.LongestBytes - suffix.Length) + suffix;
            }

            columns.Add(unique);
        }

        return columns;
    }
}
