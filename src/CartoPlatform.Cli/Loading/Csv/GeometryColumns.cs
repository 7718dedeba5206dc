using System.Globalization;

namespace CartoPlatform.Cli.Loading.Csv;

/// <summary>Where a file of columns keeps its coordinates, by the names in use for it.</summary>
internal sealed record GeometryColumns(int? Shape, int? Longitude, int? Latitude)
{
    private static readonly string[] Shapes = ["geom", "the_geom", "geometry", "wkt", "geojson", "wkb_geometry", "wkt_geom", "shape"];
    private static readonly string[] Longitudes = ["longitude", "lon", "lng", "long", "longitude_deg", "decimallongitude", "longitud", "x"];
    private static readonly string[] Latitudes = ["latitude", "lat", "latitude_deg", "decimallatitude", "latitud", "y"];

    /// <summary>Null when the header names neither a geometry nor a pair of coordinates.</summary>
    public static GeometryColumns? Find(IReadOnlyList<string> header)
    {
        int? IndexOf(string[] names) => names
            .Select(name => header.Select((column, index) => (column, index)).Where(pair => string.Equals(pair.column.Trim(), name, StringComparison.OrdinalIgnoreCase)))
            .SelectMany(found => found)
            .Select(found => (int?)found.index)
            .FirstOrDefault();

        if (IndexOf(Shapes) is { } shape)
            return new GeometryColumns(shape, null, null);

        return IndexOf(Longitudes) is { } longitude && IndexOf(Latitudes) is { } latitude
            ? new GeometryColumns(null, longitude, latitude)
            : null;
    }

    public string? Read(IReadOnlyList<string> header, IReadOnlyList<string> fields, string path, long line)
    {
        if (Shape is { } shape)
            return fields[shape].Trim() is { Length: > 0 } text ? text : null;

        var (longitude, latitude) = (fields[Longitude!.Value].Trim(), fields[Latitude!.Value].Trim()); // Both are set where Shape is not.
        return (longitude.Length, latitude.Length) switch
        {
            (0, 0) => null,
            (0, _) or (_, 0) => throw new LoadException(path, line, $"one of {header[Longitude.Value]} and {header[Latitude.Value]} is empty; leave both empty for a row without a place."),
            _ => string.Create(CultureInfo.InvariantCulture, $"POINT({Number(longitude, Longitude.Value):R} {Number(latitude, Latitude.Value):R})"),
        };

        // Files parted by semicolons often write 47,37.
        double Number(string text, int column) =>
            double.TryParse(text.Contains('.', StringComparison.Ordinal) ? text : text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number
                : throw new LoadException(path, line, $"{header[column]} '{Shorten(text)}' is not a number.");
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
