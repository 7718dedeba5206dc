using System.Buffers.Binary;
using System.Globalization;

namespace CartoPlatform.MapsApi.Rasters;

/// <summary>A band of a raster table.</summary>
/// <param name="Name">In tiles and metadata.</param>
/// <param name="Type">As the client names types of values.</param>
/// <param name="Column">The quoted column.</param>
/// <param name="NoData">The value of pixels without one, as written; null where there is none.</param>
internal sealed record RasterBand(string Name, string Type, string Column, string? NoData)
{
    private static readonly Dictionary<string, int> Sizes = new(StringComparer.Ordinal)
    {
        ["uint8"] = 1,
        ["int8"] = 1,
        ["uint16"] = 2,
        ["int16"] = 2,
        ["uint32"] = 4,
        ["int32"] = 4,
        ["uint64"] = 8,
        ["int64"] = 8,
        ["float32"] = 4,
        ["float64"] = 8,
    };

    public static bool IsType(string type) => Sizes.ContainsKey(type);

    /// <summary>The values of a block that has none of this band.</summary>
    public byte[] Empty(int pixels)
    {
        var size = Sizes[Type];
        var value = new byte[sizeof(long)];
        if (Type is "float32" or "float64")
        {
            var number = double.TryParse(NoData, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : double.NaN;
            if (size == sizeof(float)) BinaryPrimitives.WriteSingleLittleEndian(value, (float)number);
            else BinaryPrimitives.WriteDoubleLittleEndian(value, number);
        }
        else if (double.TryParse(NoData, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            // Two's complement: the low bytes are those of every width.
            BinaryPrimitives.WriteInt64LittleEndian(value, number < 0 ? (long)number : (long)(ulong)number);
        }

        var bytes = new byte[pixels * size];
        for (var at = 0; at < bytes.Length; at += size) value.AsSpan(0, size).CopyTo(bytes.AsSpan(at));
        return bytes;
    }
}
