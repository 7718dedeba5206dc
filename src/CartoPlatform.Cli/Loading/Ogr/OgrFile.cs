using System.Text.RegularExpressions;
using CartoPlatform.Cli.Loading.GeoJson;

namespace CartoPlatform.Cli.Loading.Ogr;

/// <summary>Shapefiles and GeoPackages, which GDAL turns into lines of GeoJSON in degrees.</summary>
internal sealed partial class OgrFile(string path)
{
    // GDAL's list of all formats that it has tried says nothing to who wants his data loaded.
    private const string NoFormat = "Unable to open datasource";

    private readonly Lazy<string> _dataset = new(() => OgrDataset.Find(path));

    /// <summary>Names of the layers that have places.</summary>
    public async Task<IReadOnlyList<string>> LayersAsync(CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await RunAsync("ogrinfo", ["-ro", "-so", "-q", _dataset.Value], cancellationToken);
        if (exitCode != 0)
            throw new LoadException(path, null, $"GDAL cannot read it: {FirstError(error + output)}.");

        var layers = Layer().Matches(output).Where(match => match.Groups["type"].Value != "None").Select(match => match.Groups["name"].Value).ToArray();
        return layers.Length > 0 ? layers : throw new LoadException(path, null, "there is no layer with places in it.");
    }

    /// <summary>Writes a layer to a file of GeoJSON, to be removed by the caller.</summary>
    public async Task<IRowSource> ExportAsync(string layer, string target, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await ConvertAsync(layer, target, [], cancellationToken);
        // A shapefile without its .prj is usually in degrees; the loader checks that they are.
        if (exitCode != 0 && error.Contains("source layer has no", StringComparison.Ordinal))
            (exitCode, output, error) = await ConvertAsync(layer, target, ["-s_srs", "EPSG:4326"], cancellationToken);

        return exitCode == 0
            ? new OgrRows(path, new GeoJsonRows(target))
            : throw new LoadException(path, null, $"GDAL cannot convert it: {FirstError(error + output)}.");
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        OgrTool.RunAsync(tool, arguments, cancellationToken);

    private Task<(int ExitCode, string Output, string Error)> ConvertAsync(string layer, string target, string[] extra, CancellationToken cancellationToken)
    {
        File.Delete(target);
        return RunAsync(
            "ogr2ogr",
            [
                "-f", "GeoJSONSeq", "-t_srs", "EPSG:4326", .. extra,
                // All digits that a double has: 7 decimals, the default, are a centimetre.
                "-lco", "COORDINATE_PRECISION=15", target, _dataset.Value, layer,
            ],
            cancellationToken);
    }

    private static string FirstError(string text) => text.Contains(NoFormat, StringComparison.Ordinal)
        ? "it is damaged, or of none of the formats that GDAL knows"
        : text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.StartsWith("ERROR", StringComparison.Ordinal) || line.StartsWith("FAILURE", StringComparison.Ordinal))
            ?.TrimEnd('.') ?? "it says no more";

    [GeneratedRegex(@"^\d+: (?<name>.+?)( \((?<type>[^()]*)\))?\r?$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Layer();
}
