using System.Globalization;

namespace CartoPlatform.Cli.Loading.Csv;

/// <summary>The first row of a file: names of columns, and which of them hold the place.</summary>
internal sealed record CsvHeader(IReadOnlyList<string> Names, GeometryColumns Geometry)
{
    private const int ShownNames = 12;

    public static CsvHeader Read(string path, string[] fields)
    {
        var names = UniqueNames(fields);
        var geometry = GeometryColumns.Find(names)
            ?? throw new LoadException(path, 1, $"no coordinates were found: a pair of columns such as lon and lat, or one called geom, wkt or geojson is needed, and there are only {string.Join(", ", names.Take(ShownNames))}. A table without places is made by ./carto psql: CREATE TABLE and \\copy.");
        return new CsvHeader(names, geometry);
    }

    public SourceRow Row(string path, long line, string[] fields)
    {
        var values = new List<KeyValuePair<string, FieldValue>>(fields.Length);
        for (var column = 0; column < fields.Length; column++)
        {
            if (column != Geometry.Shape)
                values.Add(new(Names[column], FieldValue.FromText(fields[column])));
        }

        return new SourceRow(line, Geometry.Read(Names, fields, path, line), values);
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
