using CartoPlatform.Cli.Loading.Csv;
using CartoPlatform.Cli.Loading.GeoJson;
using CartoPlatform.Cli.Loading.Ogr;
using CartoPlatform.Cli.Loading.Tables;

namespace CartoPlatform.Cli.Loading;

/// <summary>A file that a user names, told apart by its ending.</summary>
internal sealed class DataFile
{
    private static readonly string[] GeoJsonEndings = [".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".ndgeojson", ".jsonl"];
    private static readonly string[] TextEndings = [".csv", ".tsv", ".txt", ".tab"];
    private static readonly string[] OgrEndings = [".shp", ".zip", ".gpkg"];

    private readonly string _path;

    public DataFile(string path)
    {
        _path = Path.GetFullPath(path);
        if (Directory.Exists(_path))
            throw new CommandException($"{path} is a folder: name the files in it.");
        if (!File.Exists(_path))
            throw new CommandException($"{path} does not exist.");
    }

    /// <summary>What the file holds, without reading all of it.</summary>
    public async Task<IReadOnlyList<DataLayer>> LayersAsync(CancellationToken cancellationToken)
    {
        var ending = Path.GetExtension(_path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? _path[..^3] : _path).ToLowerInvariant();
        if (GeoJsonEndings.Contains(ending, StringComparer.Ordinal))
            return [new DataLayer(TableName.FromFile(_path), (_, _) => Task.FromResult<IRowSource>(new GeoJsonRows(_path)))];
        if (TextEndings.Contains(ending, StringComparer.Ordinal))
            return [new DataLayer(TableName.FromFile(_path), (_, _) => Task.FromResult<IRowSource>(new CsvRows(_path)))];
        if (!OgrEndings.Contains(ending, StringComparer.Ordinal))
            throw new LoadException(_path, null, $"files ending in '{ending}' are not known: GeoJSON (.geojson, .json), CSV (.csv, .tsv), Shapefile (.shp, .zip) and GeoPackage (.gpkg) are.");

        var file = new OgrFile(_path);
        var layers = await file.LayersAsync(cancellationToken);
        // One layer takes the file's name, several have names of their own.
        return [.. layers.Select(layer => new DataLayer(
            TableName.FromFile(layers.Count == 1 ? _path : layer),
            (folder, token) => file.ExportAsync(layer, Path.Combine(folder, "layer.geojsonl"), token)))];
    }
}

/// <summary>What goes into one table.</summary>
/// <param name="Table">The name it gets when the user gives none.</param>
/// <param name="OpenAsync">Makes the rows available; may leave files in the folder it is given.</param>
internal sealed record DataLayer(TableName Table, Func<string, CancellationToken, Task<IRowSource>> OpenAsync);
