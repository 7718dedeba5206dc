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

    /// <summary>Each table that the file holds, with what to load into it.</summary>
    public async Task LoadEachAsync(Func<TableName, IRowSource, Task> load, CancellationToken cancellationToken)
    {
        var ending = Path.GetExtension(_path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? _path[..^3] : _path).ToLowerInvariant();
        if (GeoJsonEndings.Contains(ending, StringComparer.Ordinal))
            await load(TableName.FromFile(_path), new GeoJsonRows(_path));
        else if (TextEndings.Contains(ending, StringComparer.Ordinal))
            await load(TableName.FromFile(_path), new CsvRows(_path));
        else if (OgrEndings.Contains(ending, StringComparer.Ordinal))
            await LoadLayersAsync(load, cancellationToken);
        else
            throw new LoadException(_path, null, $"files ending in '{ending}' are not known: GeoJSON (.geojson, .json), CSV (.csv, .tsv), Shapefile (.shp, .zip) and GeoPackage (.gpkg) are.");
    }

    private async Task LoadLayersAsync(Func<TableName, IRowSource, Task> load, CancellationToken cancellationToken)
    {
        var file = new OgrFile(_path);
        var layers = await file.LayersAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("carto-load-");
        try
        {
            foreach (var layer in layers)
            {
                // One layer takes the file's name, several have names of their own.
                var table = TableName.FromFile(layers.Count == 1 ? _path : layer);
                await load(table, await file.ExportAsync(layer, Path.Combine(folder.FullName, "layer.geojsonl"), cancellationToken));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
