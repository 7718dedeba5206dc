using System.Buffers.Binary;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>One record: geometry as EWKB, then the properties, each as PostgreSQL sends it in binary.</summary>
internal static class PackedRow
{
    /// <summary>Pushes the row; false when its geometry is not one that can be drawn.</summary>
    public static bool TryPush(ReadOnlySpan<byte> columns, ITileFeatures target, IReadOnlyList<TileProperty> properties)
    {
        if (!TryTake(ref columns, out var geometry)) return true;
        try
        {
            if (!target.BeginFeature(geometry)) return true;
        }
        catch (WkbException)
        {
            return false;
        }

        for (var column = 0; column < properties.Count; column++)
        {
            if (TryTake(ref columns, out var value)) Add(target, column, properties[column].Type, value);
        }

        target.EndFeature();
        return true;
    }

    // Type, length or -1 for NULL, value.
    private static bool TryTake(ref ReadOnlySpan<byte> columns, out ReadOnlySpan<byte> value)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(columns[sizeof(int)..]);
        value = columns.Slice(2 * sizeof(int), Math.Max(0, length));
        columns = columns[(2 * sizeof(int) + value.Length)..];
        return length >= 0;
    }

    private static void Add(ITileFeatures target, int column, TileValueType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case TileValueType.Int32:
                target.Add(column, (long)BinaryPrimitives.ReadInt32BigEndian(value));
                break;
            case TileValueType.Int64:
                target.Add(column, BinaryPrimitives.ReadInt64BigEndian(value));
                break;
            case TileValueType.Single:
                if (BinaryPrimitives.ReadSingleBigEndian(value) is var single && float.IsFinite(single)) target.Add(column, single);
                break;
            case TileValueType.Double:
                if (BinaryPrimitives.ReadDoubleBigEndian(value) is var number && double.IsFinite(number)) target.Add(column, number);
                break;
            case TileValueType.Boolean:
                target.Add(column, value[0] != 0);
                break;
            default:
                target.Add(column, value);
                break;
        }
    }
}
