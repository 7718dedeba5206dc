using System.IO.Compression;

namespace CartoPlatform.Cli.Loading.Ogr;

/// <summary>What GDAL is asked to open for a file: of a zip the folder in it that holds the data, wherever that is.</summary>
internal static class OgrDataset
{
    private const string Shapes = ".shp";

    // What a shapefile is read by, beside its shapes.
    private static readonly string[] Needed = [".shx", ".dbf"];

    /// <summary>The name for GDAL; throws where a zip's shapefiles lack a part or lie in several folders.</summary>
    public static string Find(string path)
    {
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) return path;
        var names = ReadNames(path);
        var shapes = names.Where(name => name.EndsWith(Shapes, StringComparison.OrdinalIgnoreCase)).ToArray();
        foreach (var shape in shapes)
        {
            if (Needed.FirstOrDefault(part => !names.Contains(Path.ChangeExtension(shape, part))) is { } missing)
                throw new LoadException(path, null, $"{shape} is there without its {missing}: a Shapefile is .shp, .shx and .dbf together, and .prj says where it is.");
        }

        var folders = shapes.Select(Folder).Distinct(StringComparer.Ordinal).ToArray();
        if (folders.Length > 1) throw new LoadException(path, null, $"there are Shapefiles in several folders ({string.Join(", ", folders.Order(StringComparer.Ordinal))}): pack one folder.");
        if (folders.Length == 1) return Inside(path, folders[0]);

        var packages = names.Where(name => name.EndsWith(".gpkg", StringComparison.OrdinalIgnoreCase)).ToArray();
        return packages.Length == 1 ? Inside(path, packages[0]) : Inside(path, "");
    }

    private static HashSet<string> ReadNames(string path)
    {
        try
        {
            using var archive = ZipFile.OpenRead(path);
            // A Mac's archives hold a second file of the same name for each.
            return archive.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith("__MACOSX/", StringComparison.Ordinal))
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
        catch (InvalidDataException)
        {
            throw new LoadException(path, null, "GDAL cannot read it: it is no zip file, or a damaged one.");
        }
    }

    private static string Folder(string name) => name.LastIndexOf('/') is > 0 and var end ? name[..end] : "";

    private static string Inside(string path, string name) => name.Length == 0 ? $"/vsizip/{path}" : $"/vsizip/{path}/{name}";
}
