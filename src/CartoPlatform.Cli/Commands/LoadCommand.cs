using System.CommandLine;
using System.Globalization;
using CartoPlatform.Cli.Loading;
using CartoPlatform.Cli.Loading.Rasters;
using CartoPlatform.Cli.Loading.Tables;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.EmbeddedPostGis.Provisioning;

namespace CartoPlatform.Cli.Commands;

internal static class LoadCommand
{
    private const string Description =
        """
        Put data files into tables: GeoJSON (also one feature a line), CSV (places in columns such as lon and lat, or geom, wkt, geojson; without them it
        becomes a table of attributes, or of h3 or quadbin cells), Shapefile (.shp or .zip) and GeoPackage; text files may be packed with gzip.
        Coordinates end up in longitude and latitude.
        GeoTIFF (.tif) becomes a raster: blocks of pixels in Web Mercator, with overviews and the statistics of its bands.
        Each table is loaded whole or not at all.
        """;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Data files.", Arity = ArgumentArity.OneOrMore };
        var table = new Option<string?>("--table") { Description = "The table to make (default: public, and the name of the file).", HelpName = "SCHEMA.NAME" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a table of that name; it stays readable until the new one is complete." };
        var data = CommonOptions.Data();
        var command = new Command("load", Description) { files, table, overwrite, data };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(files), ParseTable(parsed.GetValue(table)), parsed.GetValue(overwrite), PlatformSettings.ReadData(parsed.GetValue(data)), cancellationToken));
        return command;
    }

    private static TableName? ParseTable(string? text) => text is null
        ? null
        : TableName.Parse(text) ?? throw new CommandException(
            $"'{text}' cannot be a table: give NAME or SCHEMA.NAME, of letters, digits and underscores, each at most {SqlNames.LongestBytes} bytes.", ExitCodes.WrongUsage);

    private static async Task<int> RunAsync(string[] paths, TableName? wanted, bool overwrite, DataFolder data, CancellationToken cancellationToken)
    {
        if (wanted is not null && paths.Length > 1)
            throw new CommandException("--table names one table, and there are several files: load them one by one.", ExitCodes.WrongUsage);

        var files = paths.Select(path => (Path: path, Data: new DataFile(path))).ToArray();
        var owner = RunningDatabase.Find(data).Owner;
        await using var loader = new TableLoader(owner);
        foreach (var (path, file) in files)
        {
            if (RasterFile.Is(path))
            {
                await LoadRasterAsync(new RasterLoader(owner), Path.GetFullPath(path), wanted ?? TableName.FromFile(path), overwrite, data, cancellationToken);
                continue;
            }

            var layers = await file.LayersAsync(cancellationToken);
            if (wanted is not null && layers.Count > 1)
                throw new CommandException($"--table names one table, and the file has {layers.Count} layers: leave it out, each goes into a table of its own name.", ExitCodes.WrongUsage);

            foreach (var layer in layers)
            {
                var table = wanted ?? layer.Table;
                var (rows, hasPlaces) = await LoadAsync(loader, layer, table, overwrite, cancellationToken);
                await TellAsync(table, rows, data);
                if (!hasPlaces)
                    await Console.Out.WriteLineAsync("It has no geometry: no columns such as lon and lat, or geom, wkt or geojson were found in it.");
            }
        }

        return ExitCodes.Success;
    }

    private static async Task<(long Rows, bool HasPlaces)> LoadAsync(TableLoader loader, DataLayer layer, TableName table, bool overwrite, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("carto-load-");
        try
        {
            var source = await layer.OpenAsync(folder.FullName, cancellationToken);
            using var bar = new ProgressBar($"Loading {table}");
            return (await loader.LoadAsync(source, table, overwrite, bar.Show, cancellationToken), source.HasPlaces);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task LoadRasterAsync(RasterLoader loader, string path, TableName table, bool overwrite, DataFolder data, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("carto-load-");
        long blocks;
        try
        {
            var file = await RasterFile.OpenAsync(path, cancellationToken);
            using var bar = new ProgressBar($"Loading {table}");
            blocks = await loader.LoadAsync(file, table, overwrite, folder.FullName, bar.Show, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await TellAsync(table, blocks, data, "blocks", "raster");
    }

    private static async Task TellAsync(TableName table, long rows, DataFolder data, string what = "rows", string source = "table")
    {
        var output = Console.Out;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{table}: {rows:N0} {what}"));
        if (RunFile.Read(data) is not { } run)
            return;

        var name = Uri.EscapeDataString(table.ToString());
        await output.WriteLineAsync($"Try: curl -H \"Authorization: Bearer $(cat '{data.OwnerTokenFile}')\" '{run.BaseUrl}/v3/maps/{PlatformLogins.DataDatabase}/{source}?name={name}'");
    }
}
