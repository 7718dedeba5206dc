namespace CartoPlatform.Tiles.Geometry;

/// <summary>Takes places on the <see cref="WorldGrid"/> to units of one tile: what is left of <see cref="TileProjection"/> after the projection.</summary>
internal readonly struct TileWindow
{
    private readonly double _tilesPerSide;
    private readonly double _column;
    private readonly double _row;
    private readonly double _extent;
    private readonly double _west;
    private readonly double _north;
    private readonly double _east;
    private readonly double _south;

    public TileWindow(TileGrid grid)
    {
        _tilesPerSide = grid.Address.Span;
        _column = grid.Address.X;
        _row = grid.Address.Y;
        _extent = grid.Extent;
        // A little larger than the buffered tile, so that rounding never cuts anything off.
        var buffer = (double)grid.Buffer / grid.Extent;
        var slack = (1 + 2 * buffer) / _tilesPerSide * 1e-6 + 1e-14;
        (_west, _east) = ((_column - buffer) / _tilesPerSide - slack, (_column + 1 + buffer) / _tilesPerSide + slack);
        (_north, _south) = ((_row - buffer) / _tilesPerSide - slack, (_row + 1 + buffer) / _tilesPerSide + slack);
    }

    /// <summary>Bit for bit what <see cref="TileProjection.ToTile(double, double)"/> gives.</summary>
    public TilePoint ToTile(double worldX, double worldY) =>
        new((_tilesPerSide * worldX - _column) * _extent, (_tilesPerSide * worldY - _row) * _extent);

    /// <summary>The sides that a place surely lies beyond.</summary>
    public Sides SidesBeyond(double worldX, double worldY) =>
        (worldX < _west ? Sides.Left : worldX > _east ? Sides.Right : Sides.None)
        | (worldY < _north ? Sides.Top : worldY > _south ? Sides.Bottom : Sides.None);

    /// <summary>The sides that all of a box surely lies beyond.</summary>
    public Sides SidesBeyond(double west, double north, double east, double south) =>
        (east < _west ? Sides.Left : west > _east ? Sides.Right : Sides.None)
        | (south < _north ? Sides.Top : north > _south ? Sides.Bottom : Sides.None);

    /// <summary>Whether no place of a box lies beyond any side.</summary>
    public bool Holds(double west, double north, double east, double south) =>
        west >= _west && east <= _east && north >= _north && south <= _south;
}
