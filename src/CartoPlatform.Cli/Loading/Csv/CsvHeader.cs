using System.Globalization;

namespace CartoPlatform.Cli.Loading.Csv;

/// <summary>The first row of a file: names of columns, and which of them hold the place, if any do.</summary>
internal sealed record CsvHeader(IReadOnlyList<string> Names, GeometryColumns? Geometry)
{
    public static CsvHeader Read(string[] fields)
    {
        var names = UniqueNames(fields);
        return new CsvHeader(names, GeometryColumns.Find(names));
    }

    public SourceRow Row(string path, long line, string[] fields)
    {
        var values = new List<KeyValuePair<string, FieldValue>>(fields.Length);
        for (var column = 0; column < fields.Length; column++)
        {
            if (column != Geometry?.Shape)
                values.Add(new(Names[column], FieldValue.FromText(fields[column])));
        }

        return new SourceRow(line, Geometry?.Read(Names, fields, path, line), values);
    }

    /// <summary>Two columns of one name stay two; one without a name gets its number.</summary>
    private static string[] UniqueNames(string[] header)
    {
        var names = new string[header.Length];
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (var column = 0; column < header.Length; column++)
        {
            var name = header[column].Trim() is { Length: > 0 } given ? given : string.Create(CultureInfo.InvariantCulture, $"column_{column + 1}");
            var unique = name;
            for (var number = 2; !used.Add(unique); number++)
                unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
            names[column] = unique;
        }

        return names;
    }
}
