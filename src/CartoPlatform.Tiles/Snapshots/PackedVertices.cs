using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>The vertices of a path of a <see cref="PackedShape"/>: of a block beyond one side of the tile only the first and the last.</summary>
internal ref struct PackedVertices(ReadOnlySpan<byte> blocks, int count, ref readonly TileWindow window) : IVertexReader
{
    private readonly ref readonly TileWindow _window = ref window;
    private ReadOnlySpan<byte> _rest = blocks; // behind the block at hand
    private ReadOnlySpan<byte> _xs;
    private ReadOnlySpan<byte> _ys;
    private BlockHeader _block;
    private int _left = count; // vertices behind the block at hand
    private int _count;
    private int _next;
    private bool _isBeyond;
    private bool _isInside;

    public bool TryRead(out SourceVertex vertex)
    {
        if (_next == _count)
        {
            if (_left == 0)
            {
                vertex = default;
                return false;
            }

            Open();
        }

        var x = WorldGrid.PlaceOf(_block.X + Read(_xs, _block.BitsOfX, _next));
        var y = WorldGrid.PlaceOf(_block.Y + Read(_ys, _block.BitsOfY, _next));
        _next = _isBeyond && _next == 0 && _count > 1 ? _count - 1 : _next + 1;
        vertex = new SourceVertex(x, y, _isInside ? Sides.None : _window.SidesBeyond(x, y));
        return true;
    }

    public readonly TilePoint ToTile(in SourceVertex vertex) => _window.ToTile(vertex.X, vertex.Y);

    private void Open()
    {
        (_next, _count) = (0, Math.Min(_left, PackedShape.BlockVertices));
        _left -= _count;
        _block = BlockHeader.Read(_rest);
        _xs = _rest[BlockHeader.Bytes..];
        _ys = _xs[BytesOf(_block.BitsOfX, _count)..];
        _rest = _ys[BytesOf(_block.BitsOfY, _count)..];
        var (west, north, east, south) = (WorldGrid.PlaceOf(_block.X), WorldGrid.PlaceOf(_block.Y), _block.MaxX, _block.MaxY);
        _isBeyond = _window.SidesBeyond(west, north, east, south) != Sides.None;
        _isInside = _window.Holds(west, north, east, south);
    }

    internal static int BytesOf(int bits, int count) => (bits * count + 7) >> 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Read(ReadOnlySpan<byte> plane, int bits, int index)
    {
        var at = bits * index;
        var value = BinaryPrimitives.ReadUInt64LittleEndian(plane[(at >> 3)..]) >> (at & 7);
        return (long)(bits == 64 ? value : value & ((1UL << bits) - 1));
    }
}
