using System.Globalization;
using System.Text.Json;
using CartoPlatform.Cli.Loading.Ogr;

namespace CartoPlatform.Cli.Loading.Rasters;

/// <summary>A raster that GDAL reads: its size, place and bands, and its pixels on another grid.</summary>
internal sealed record RasterFile(string Path, int Width, int Height, (double West, double South, double East, double North) Bounds, IReadOnlyList<RasterBandInfo> Bands)
{
    private const double MaxLatitude = 85.0511287798066;

    private static readonly string[] Endings = [".tif", ".tiff", ".gtiff", ".vrt"];

    /// <summary>Whether a file is one by its ending.</summary>
    public static bool Is(string path) => Endings.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    public static async Task<RasterFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await OgrTool.RunAsync("gdalinfo", ["-json", "-nomd", path], cancellationToken);
        if (exitCode != 0) throw new LoadException(path, null, $"GDAL cannot read it: {FirstLine(error)}.");
        using var json = JsonDocument.Parse(Repair(output));
        var root = json.RootElement;
        if (!root.TryGetProperty("coordinateSystem", out var system) || system.GetProperty("wkt").GetString() is not { Length: > 0 } || !root.TryGetProperty("wgs84Extent", out var extent))
            throw new LoadException(path, null, "it does not say where it is: give it a reference system and bounds with gdal_translate -a_srs EPSG:4326 -a_ullr WEST NORTH EAST SOUTH.");

        var size = root.GetProperty("size");
        var bands = root.GetProperty("bands").EnumerateArray().Select((band, index) => RasterBandInfo.Read(band, index + 1, path)).ToList();
        if (bands.Count == 0) throw new LoadException(path, null, "it has no band.");
        return new RasterFile(path, size[0].GetInt32(), size[1].GetInt32(), Box(extent), bands);
    }

    /// <summary>Writes the pixels of a grid into a file, band after band, row after row from the north, and gives its path.</summary>
    /// <param name="grid">Where the pixels are.</param>
    /// <param name="source">This file, or one that was written for a finer grid.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task WarpAsync(RasterGrid grid, string source, string target, CancellationToken cancellationToken)
    {
        var (west, south, east, north) = grid.MercatorBounds;
        string[] numbers = [.. new[] { west, south, east, north }.Select(number => number.ToString("R", CultureInfo.InvariantCulture))];
        string[] size = [grid.Width.ToString(CultureInfo.InvariantCulture), grid.Height.ToString(CultureInfo.InvariantCulture)];
        var noData = string.Join(' ', Bands.Select(band => band.NoDataText));
        // What was written for another grid keeps no values of its own for single bands.
        string[] ofSource = source == Path ? [] : ["-srcnodata", noData];
        var (exitCode, _, error) = await OgrTool.RunAsync(
            "gdalwarp",
            [
                "-q", "-overwrite", "-of", "ENVI", "-t_srs", "EPSG:3857", "-te", .. numbers, "-ts", .. size, "-r", "near", "-wm", "256",
                "-dstnodata", noData, .. ofSource, source, target,
            ],
            cancellationToken);
        if (exitCode != 0) throw new LoadException(Path, null, $"GDAL cannot bring it to Web Mercator: {FirstLine(error)}.");
    }

    private static string FirstLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()?.TrimEnd('.') ?? "it says no more";

    // Some versions write NaN, which is no JSON.
    private static string Repair(string json) => json.Replace(":NaN", ":\"nan\"", StringComparison.Ordinal).Replace(": NaN", ": \"nan\"", StringComparison.Ordinal)
        .Replace(":nan", ":\"nan\"", StringComparison.Ordinal);

    private static (double West, double South, double East, double North) Box(JsonElement extent)
    {
        var places = extent.GetProperty("coordinates")[0].EnumerateArray().Select(place => (X: place[0].GetDouble(), Y: place[1].GetDouble())).ToList();
        return (
            Math.Clamp(places.Min(place => place.X), -180, 180), Math.Clamp(places.Min(place => place.Y), -MaxLatitude, MaxLatitude),
            Math.Clamp(places.Max(place => place.X), -180, 180), Math.Clamp(places.Max(place => place.Y), -MaxLatitude, MaxLatitude));
    }
}
