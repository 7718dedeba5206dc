using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles.Geometry;

/// <summary>A run of coordinates in EWKB bytes, of which the first two ordinates are read.</summary>
public readonly ref struct WkbCoordinates
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _stride;
    private readonly bool _littleEndian;

    internal WkbCoordinates(ReadOnlySpan<byte> bytes, int stride, bool littleEndian)
    {
        _bytes = bytes;
        _stride = stride;
        _littleEndian = littleEndian;
        Count = bytes.Length / stride;
    }

    public int Count { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(int index, out double x, out double y)
    {
        var at = _bytes.Slice(index * _stride, 16);
        if (_littleEndian)
        {
            x = BinaryPrimitives.ReadDoubleLittleEndian(at);
            y = BinaryPrimitives.ReadDoubleLittleEndian(at[8..]);
        }
        else
        {
            x = BinaryPrimitives.ReadDoubleBigEndian(at);
            y = BinaryPrimitives.ReadDoubleBigEndian(at[8..]);
        }
    }
}
