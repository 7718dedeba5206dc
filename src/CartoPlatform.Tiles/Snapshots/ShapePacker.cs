using System.Buffers.Binary;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Writes shapes as <see cref="PackedShape"/> reads them: paths are added one after the other.</summary>
internal sealed class ShapePacker : IDisposable
{
    private readonly PooledList<long> _xs = new();
    private readonly PooledList<long> _ys = new();
    private readonly PooledList<byte> _paths = new();
    private readonly PooledList<byte> _blocks = new();
    private readonly PooledList<byte> _shape = new();
    private int _count;

    /// <summary>Starts a shape.</summary>
    public void Clear()
    {
        _paths.Clear();
        _xs.Clear();
        _ys.Clear();
        _count = 0;
    }

    /// <returns>False where it is too far away.</returns>
    public bool TryAddVertex(double worldX, double worldY)
    {
        if (Math.Abs(worldX) > WorldGrid.MaxWorlds || Math.Abs(worldY) > WorldGrid.MaxWorlds) return false;
        _xs.Add(WorldGrid.CellOf(worldX));
        _ys.Add(WorldGrid.CellOf(worldY));
        return true;
    }

    /// <summary>Makes a path of the vertices that were added since the last one.</summary>
    public void EndPath(PathRole role)
    {
        _blocks.Clear();
        for (var start = 0; start < _xs.Count; start += PackedShape.BlockVertices)
        {
            var count = Math.Min(PackedShape.BlockVertices, _xs.Count - start);
            AddBlock(_xs.Items.Slice(start, count), _ys.Items.Slice(start, count));
        }

        WriteVarint(_paths, ((uint)_xs.Count << PathRoles.Bits) | (uint)role);
        WriteVarint(_paths, (uint)_blocks.Count);
        _paths.AddRange(_blocks.Items);
        _xs.Clear();
        _ys.Clear();
        _count++;
    }

    /// <summary>The shape; valid until the next one begins.</summary>
    public ReadOnlySpan<byte> Pack()
    {
        _shape.Clear();
        WriteVarint(_shape, (uint)_count);
        _shape.AddRange(_paths.Items);
        return _shape.Items;
    }

    public void Dispose()
    {
        _xs.Dispose();
        _ys.Dispose();
        _paths.Dispose();
        _blocks.Dispose();
        _shape.Dispose();
    }

    private void AddBlock(ReadOnlySpan<long> xs, ReadOnlySpan<long> ys)
    {
        var (minX, width) = RangeOf(xs);
        var (minY, height) = RangeOf(ys);
        var header = BlockHeader.Of(minX, minY, width, height);
        header.Write(_blocks.Extend(BlockHeader.Bytes));
        AddPlane(xs, minX, header.BitsOfX);
        AddPlane(ys, minY, header.BitsOfY);
    }

    private void AddPlane(ReadOnlySpan<long> values, long min, int bits)
    {
        var bytes = PackedVertices.BytesOf(bits, values.Length);
        var plane = _blocks.Extend(bytes + sizeof(ulong));
        plane.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            var place = plane[((bits * i) >> 3)..];
            var value = (ulong)(values[i] - min) << ((bits * i) & 7);
            BinaryPrimitives.WriteUInt64LittleEndian(place, BinaryPrimitives.ReadUInt64LittleEndian(place) | value);
        }

        _blocks.Truncate(_blocks.Count - sizeof(ulong));
    }

    private static (long Min, ulong Range) RangeOf(ReadOnlySpan<long> values)
    {
        var (min, max) = (values[0], values[0]);
        foreach (var value in values) (min, max) = (Math.Min(min, value), Math.Max(max, value));
        return (min, (ulong)(max - min));
    }

    private static void WriteVarint(PooledList<byte> output, ulong value)
    {
        var length = Varint.Length(value);
        Varint.Write(output.Extend(length), value);
    }
}
