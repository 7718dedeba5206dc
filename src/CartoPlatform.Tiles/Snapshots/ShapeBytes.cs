namespace CartoPlatform.Tiles.Snapshots;

/// <summary>Shapes one behind the other, in pieces, so that none is copied when more come.</summary>
internal sealed class ShapeBytes
{
    private const int LeastPieceBytes = 16 * 1024;
    private const int MostPieceBytes = 1024 * 1024;
    private const int PieceBits = 32;

    private readonly List<byte[]> _pieces = [];
    private int _length; // of the last piece

    /// <summary>What it takes in memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>The place behind the last shape.</summary>
    public ulong End => PlaceAt(_pieces.Count - 1, _length);

    public PackedShape this[ulong place] => new(_pieces[(int)(place >> PieceBits)].AsSpan((int)(uint)place));

    /// <returns>Where it is; places grow.</returns>
    public ulong Add(ReadOnlySpan<byte> shape)
    {
        if (_pieces.Count == 0 || _pieces[^1].Length - PackedShape.Padding - _length < shape.Length)
        {
            _pieces.Add(new byte[Math.Max(Math.Clamp(Bytes, LeastPieceBytes, MostPieceBytes), shape.Length + PackedShape.Padding)]);
            Bytes += _pieces[^1].Length;
            _length = 0;
        }

        shape.CopyTo(_pieces[^1].AsSpan(_length));
        var place = PlaceAt(_pieces.Count - 1, _length);
        _length += shape.Length;
        return place;
    }

    /// <summary>How many bytes lie between two places, about.</summary>
    public static long Between(ulong place, ulong next) =>
        place >> PieceBits == next >> PieceBits ? (long)(next - place) : MostPieceBytes;

    private static ulong PlaceAt(int piece, int offset) => ((ulong)piece << PieceBits) | (uint)offset;
}
