using System.Globalization;

namespace CartoPlatform.PostGis.Columns;

/// <summary>The type modifier of a spatial column as <c>format_type</c> writes it: <c>geometry(MultiPolygon,4326)</c>.</summary>
internal static class GeometryModifier
{
    public static (string? GeometryType, int Srid) Parse(string formattedType)
    {
        var open = formattedType.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !formattedType.EndsWith(')')) return (null, 0);

        var parts = formattedType[(open + 1)..^1].Split(',');
        var type = parts[0].Trim().ToUpperInvariant();
        var srid = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        return (type == "GEOMETRY" ? null : type, srid);
    }
}
