using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CartoPlatform.Cli.Loading.Rasters;

/// <summary>A band as GDAL describes it, in the words of CARTO's raster metadata.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Type">Of the values.</param>
/// <param name="Size">Bytes of a value.</param>
/// <param name="NoData">The value of pixels without one.</param>
/// <param name="ColorInterpretation">Lower case: gray, red, green, blue, alpha, palette; null where it is undefined.</param>
/// <param name="ColorTable">From value to red, green, blue, alpha; null without a palette.</param>
/// <param name="Labels">From value to label; null without.</param>
internal sealed record RasterBandInfo(string Name, string Type, int Size, double NoData, string? ColorInterpretation, JsonObject? ColorTable, JsonObject? Labels)
{
    private static readonly Dictionary<string, (string Type, int Size, double NoData)> Types = new(StringComparer.Ordinal)
    {
        // Where a file does not say which value stands for none, CARTO's raster loader takes these.
        ["Byte"] = ("uint8", 1, 0),
        ["Int8"] = ("int8", 1, sbyte.MinValue),
        ["UInt16"] = ("uint16", 2, ushort.MaxValue),
        ["Int16"] = ("int16", 2, short.MinValue),
        ["UInt32"] = ("uint32", 4, uint.MaxValue),
        ["Int32"] = ("int32", 4, int.MinValue),
        ["Float32"] = ("float32", 4, double.NaN),
        ["Float64"] = ("float64", 8, double.NaN),
    };

    public bool IsFloat => Type is "float32" or "float64";

    /// <summary>As metadata and GDAL take it.</summary>
    public string NoDataText => double.IsNaN(NoData) ? "nan" : NoData.ToString("R", CultureInfo.InvariantCulture);

    public static RasterBandInfo Read(JsonElement band, int number, string path)
    {
        var type = band.GetProperty("type").GetString() ?? "";
        if (!Types.TryGetValue(type, out var known)) throw new LoadException(path, null, $"band {number} holds values of type {type}, which maps cannot show: convert it with gdal_translate -ot Float32.");
        var color = band.TryGetProperty("colorInterpretation", out var given) ? given.GetString()?.ToLowerInvariant() : null;
        var noData = color == "alpha" ? 0 : band.TryGetProperty("noDataValue", out var value) ? Number(value) ?? known.NoData : known.NoData;
        return new RasterBandInfo(
            string.Create(CultureInfo.InvariantCulture, $"band_{number}"), known.Type, known.Size, noData, color is "undefined" ? null : color, ReadColors(band), ReadLabels(band));
    }

    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when value.GetString()?.ToLowerInvariant() is "nan" => double.NaN,
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static JsonObject? ReadColors(JsonElement band)
    {
        if (!band.TryGetProperty("colorTable", out var table) || !table.TryGetProperty("entries", out var entries)) return null;
        var colors = new JsonObject();
        foreach (var (entry, value) in entries.EnumerateArray().Select((entry, value) => (entry, value)))
            colors[value.ToString(CultureInfo.InvariantCulture)] = new JsonArray([.. entry.EnumerateArray().Select(part => JsonValue.Create(part.GetInt32()))]);
        return colors;
    }

    private static JsonObject? ReadLabels(JsonElement band)
    {
        if (!band.TryGetProperty("categories", out var categories) || categories.ValueKind != JsonValueKind.Array) return null;
        var labels = new JsonObject();
        foreach (var (label, value) in categories.EnumerateArray().Select((label, value) => (label.GetString(), value)))
        {
            if (!string.IsNullOrEmpty(label)) labels[value.ToString(CultureInfo.InvariantCulture)] = label;
        }

        return labels.Count > 0 ? labels : null;
    }
}
