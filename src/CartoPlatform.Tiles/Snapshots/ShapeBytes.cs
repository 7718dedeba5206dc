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
        var place = ((ulong)(_pieces.Count - 1) << PieceBits) | (uint)_length;
        _length += shape.Length;
        return place;
    }

}
