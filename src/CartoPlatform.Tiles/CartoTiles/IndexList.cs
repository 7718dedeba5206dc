using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>Start vertices of parts, ending with the number of all vertices.</summary>
internal sealed class IndexList : IDisposable
{
    private readonly PooledList<int> _indices = new();
    private int _bytes;

    public int MessageLength => CartoMessages.IntsLength(_bytes);

    public void Reset()
    {
        _indices.Clear();
        _bytes = 0;
        Add(0);
    }

    /// <summary>Ends a part.</summary>
    public void Add(int vertexCount)
    {
        _indices.Add(vertexCount);
        _bytes += Varint.Length((uint)vertexCount);
    }

    public void Write(ProtobufOutput output, int field)
    {
        output.WriteHeader(field, MessageLength);
        output.WriteHeader(CartoTileFields.Packed, _bytes);
        foreach (var index in _indices.Items) output.WriteVarint((uint)index);
        output.WriteVarint(CartoTileFields.Size, 1);
    }

    public void Dispose() => _indices.Dispose();
}
