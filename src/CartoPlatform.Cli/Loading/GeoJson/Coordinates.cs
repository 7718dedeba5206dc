using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CartoPlatform.Cli.Loading.GeoJson;

/// <summary>The <c>crs</c> member that older files have (GeoJSON 2008); without it coordinates are longitude and latitude.</summary>
internal static partial class Coordinates
{
    public const int Wgs84 = 4326;

    /// <summary>The EPSG number; null when it cannot be told.</summary>
    public static int? Srid(JsonElement crs)
    {
        if (crs.ValueKind == JsonValueKind.Null)
            return Wgs84;

        var name = crs.ValueKind == JsonValueKind.Object && crs.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty("name", out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
        if (name.EndsWith("CRS84", StringComparison.Ordinal))
            return Wgs84;

        return EpsgName().Match(name) is { Success: true } match && int.TryParse(match.Groups["code"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;
    }

    [GeneratedRegex(@"EPSG:.*?(?<code>\d{4,6})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex EpsgName();
}
