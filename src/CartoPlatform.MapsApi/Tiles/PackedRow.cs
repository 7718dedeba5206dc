using System.Buffers.Binary;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>One row: geometry as EWKB, then the properties, each as PostgreSQL sends it in binary.</summary>
internal static class PackedRow
{
    /// <summary>In front of the length of a value, its type, where the row is a record.</summary>
    public const int RecordPrefix = sizeof(int);

    /// <summary>Nothing, where it is one of COPY.</summary>
    public const int CopyPrefix = 0;

    /// <summary>Pushes the row; false when its geometry is not one that can be drawn.</summary>
    /// <param name="columns">The row from its first column on.</param>
    /// <param name="prefix">Bytes before the length of each value.</param>
    /// <param name="target">Takes it.</param>
    /// <param name="properties">What stands behind the geometry.</param>
    public static bool TryPush(ReadOnlySpan<byte> columns, int prefix, ITileFeatures target, IReadOnlyList<TileProperty> properties)
    {
        if (!TryTake(ref columns, prefix, out var geometry)) return true;
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
            if (TryTake(ref columns, prefix, out var value)) Add(target, column, properties[column].Type, value);
        }

        target.EndFeature();
        return true;
    }

    // Length or -1 for NULL, value.
    private static bool TryTake(ref ReadOnlySpan<byte> columns, int prefix, out ReadOnlySpan<byte> value)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(columns[prefix..]);
        value = columns.Slice(prefix + sizeof(int), Math.Max(0, length));
        columns = columns[(prefix + sizeof(int) + value.Length)..];
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
