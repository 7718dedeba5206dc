using System.Buffers.Binary;
using System.Numerics;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>
/// The lines or polygons of a row as a <see cref="ShapeSnapshot"/> keeps them: vertices as cells of the <see cref="WorldGrid"/>, where
/// those of all tiles stand, and in blocks with a box each, so that those beyond the tile are passed over.
/// </summary>
/// <remarks>
/// The number of paths, then each path: its role and number of vertices, the bytes of its blocks, the blocks. A block is a
/// <see cref="BlockHeader"/> and what its vertices lie beyond its corner, x and y apart, in as many bits as the largest needs.
/// </remarks>
public readonly ref struct PackedShape
{
    internal const int BlockVertices = 32;

    /// <summary>Readable bytes that have to follow a shape: it is read by eight at a time.</summary>
    internal const int Padding = sizeof(ulong);

    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">Begin with the shape.</param>
    internal PackedShape(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    internal PathReader Paths => new(_bytes);

    internal ref struct PathReader
    {
        private ReadOnlySpan<byte> _bytes;
        private uint _left;

        public PathReader(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes;
            _left = (uint)ReadVarint(ref _bytes);
        }

        public bool TryRead(in TileWindow window, out PathRole role, out PackedVertices vertices)
        {
            role = default;
            vertices = default;
            if (_left == 0) return false;
            _left--;
            var head = ReadVarint(ref _bytes);
            var length = (int)ReadVarint(ref _bytes);
            role = (PathRole)(head & PathRoles.Mask);
            vertices = new PackedVertices(_bytes, (int)(head >> PathRoles.Bits), in window);
            _bytes = _bytes[length..];
            return true;
        }

        private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
        {
            ulong value = 0;
            for (var i = 0; ; i++)
            {
                value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
                if (bytes[i] >= 0x80) continue;
                bytes = bytes[(i + 1)..];
                return value;
            }
        }
    }
}

/// <summary>What a path of a shape is.</summary>
internal enum PathRole
{
    Line,
    Shell,
    Hole,
}

internal static class PathRoles
{
    public const int Bits = 2;
    public const int Mask = (1 << Bits) - 1;
}

/// <summary>The corner of a block with the smallest coordinates, in cells, how many bits differences to it take, and the first eight of the largest.</summary>
internal readonly record struct BlockHeader(long X, long Y, int BitsOfX, int BitsOfY, byte WidthHead, byte HeightHead)
{
    public const int Bytes = 2 * sizeof(long) + 4;

    // Wider ones are not found by one read of eight bytes.
    private const int MaxBits = 57;

    public static BlockHeader Of(long x, long y, ulong width, ulong height)
    {
        var (bitsOfX, bitsOfY) = (BitsOf(width), BitsOf(height));
        return new BlockHeader(x, y, bitsOfX, bitsOfY, (byte)(width >> TailOf(bitsOfX)), (byte)(height >> TailOf(bitsOfY)));
    }

    public static BlockHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), bytes[16], bytes[17], bytes[18], bytes[19]);

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, X);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Y);
        (bytes[16], bytes[17], bytes[18], bytes[19]) = ((byte)BitsOfX, (byte)BitsOfY, WidthHead, HeightHead);
    }

    /// <summary>No coordinate is larger than these; not numbers where the block is too wide to tell.</summary>
    public double MaxX => MaxOf(X, BitsOfX, WidthHead);

    public double MaxY => MaxOf(Y, BitsOfY, HeightHead);

    private static int BitsOf(ulong range) => 64 - BitOperations.LeadingZeroCount(range) is <= MaxBits and var bits ? bits : 64;

    private static int TailOf(int bits) => Math.Max(0, bits - 8);

    private static double MaxOf(long min, int bits, byte head) =>
        bits > MaxBits ? double.NaN : WorldGrid.PlaceOf(min + (long)(((ulong)head + 1) << TailOf(bits)) - 1);
}
