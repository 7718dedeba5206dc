using System.Buffers;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>The bytes of one tile in an array of a pool: most tiles are so large that the heap would never see them again until it is cleaned as a whole.</summary>
internal sealed class PooledBytes(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = TileArrays.Rent<byte>(Math.Max(1, capacity));
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) TileArrays.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private void Reserve(int sizeHint)
    {
        if (_bytes.Length - _length >= Math.Max(1, sizeHint)) return;
        var larger = TileArrays.Rent<byte>(Math.Max(_length + sizeHint, _bytes.Length * 2));
        Written.CopyTo(larger);
        TileArrays.Return(_bytes);
        _bytes = larger;
    }
}
