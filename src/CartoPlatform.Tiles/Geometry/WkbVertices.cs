namespace CartoPlatform.Tiles.Geometry;

/// <summary>Vertices out of EWKB, in degrees or metres.</summary>
internal ref struct WkbVertices(WkbCoordinates coordinates, ref readonly TileProjection projection) : IVertexReader
{
    private readonly WkbCoordinates _coordinates = coordinates;
    private readonly ref readonly TileProjection _projection = ref projection;
    private int _next;

    public bool TryRead(out SourceVertex vertex)
    {
        while (_next < _coordinates.Count)
        {
            _coordinates.Read(_next++, out var x, out var y);
            if (!_projection.TryAccept(x, ref y)) continue;
            vertex = new SourceVertex(x, y, _projection.SidesBeyond(x, y));
            return true;
        }

        vertex = default;
        return false;
    }

    public readonly TilePoint ToTile(in SourceVertex vertex) => _projection.ToTile(vertex.X, vertex.Y);
}
