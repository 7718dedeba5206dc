namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Takes coordinates of EPSG:4326 (degrees) or EPSG:3857 (metres) to units of one tile. Latitude and northing are
/// clamped to the Mercator square, as the pole is infinitely far away.
/// </summary>
internal readonly struct TileProjection
{
    public const int Wgs84Srid = 4326;

    // Beyond this, in either system, a coordinate is noise; below it, no tile coordinate overflows a double.
    private const double MaxAbsolute = 1e12;

    private readonly bool _isMetric;
    private readonly double _tilesPerSide;
    private readonly double _column;
    private readonly double _row;
    private readonly double _extent;
    private readonly double _minY;
    private readonly double _maxY;
    private readonly Bounds _reach;

    public TileProjection(TileGrid grid, int srid)
    {
        _isMetric = srid switch
        {
            WebMercator.Srid => true,
            Wgs84Srid => false,
            _ => throw new WkbException($"Geometry of SRID {srid} must be transformed to 4326 or 3857 first."),
        };
        _tilesPerSide = grid.Address.Span;
        _column = grid.Address.X;
        _row = grid.Address.Y;
        _extent = grid.Extent;
        _maxY = _isMetric ? WebMercator.HalfWorldMeters : WebMercator.MaxLatitude;
        _minY = -_maxY;
        _reach = Reach((double)grid.Buffer / grid.Extent);
    }

    /// <summary>False for coordinates that have no place (NaN, infinite); clamps the others to the Mercator square.</summary>
    public bool TryClamp(double x, ref double y)
    {
        // Written so that NaN fails it too.
        if (!(Math.Abs(x) <= MaxAbsolute && Math.Abs(y) <= double.MaxValue)) return false;
        y = Math.Clamp(y, _minY, _maxY);
        return true;
    }

    /// <summary>The sides of the buffered tile that a clamped source coordinate surely lies beyond, 0 when in doubt.</summary>
    public Sides SidesBeyond(double x, double y) =>
        (x < _reach.West ? Sides.Left : x > _reach.East ? Sides.Right : Sides.None)
        | (y > _reach.North ? Sides.Top : y < _reach.South ? Sides.Bottom : Sides.None);

    public TilePoint ToTile(double x, double y)
    {
        ToFraction(x, y, out var column, out var row);
        return new TilePoint((column - _column) * _extent, (row - _row) * _extent);
    }

    /// <summary>
    /// Whether the place belongs to this tile and no other: west and north side included, east and south side not,
    /// but for the far sides of the world.
    /// </summary>
    public bool Owns(double x, double y)
    {
        ToFraction(x, y, out var column, out var row);
        return IsAt(column, _column) && IsAt(row, _row);
    }

    public double ToLongitude(double x) => _isMetric ? WebMercator.Longitude(WebMercator.WorldXFromMeters(x)) : x;

    public double ToLatitude(double y) => _isMetric ? WebMercator.Latitude(WebMercator.WorldYFromMeters(y)) : y;

    private bool IsAt(double fraction, double index) =>
        Math.Floor(fraction) == index || (fraction == _tilesPerSide && index == _tilesPerSide - 1);

    // Position in tiles from the north-west corner of the world. Scaling by a power of two is exact,
    // so that neighbouring tiles agree on which of them owns a point.
    private void ToFraction(double x, double y, out double column, out double row)
    {
        column = _tilesPerSide * (_isMetric ? WebMercator.WorldXFromMeters(x) : WebMercator.WorldX(x));
        row = _tilesPerSide * (_isMetric ? WebMercator.WorldYFromMeters(y) : WebMercator.WorldY(y));
    }

    // The buffered tile in source units, a little larger than it is, so that rounding never cuts anything off.
    private Bounds Reach(double buffer)
    {
        var west = (_column - buffer) / _tilesPerSide;
        var east = (_column + 1 + buffer) / _tilesPerSide;
        var north = (_row - buffer) / _tilesPerSide;
        var south = (_row + 1 + buffer) / _tilesPerSide;
        var box = _isMetric
            ? new Bounds(WebMercator.MetersX(west), WebMercator.MetersY(south), WebMercator.MetersX(east), WebMercator.MetersY(north))
            : new Bounds(WebMercator.Longitude(west), WebMercator.Latitude(south), WebMercator.Longitude(east), WebMercator.Latitude(north));
        var slack = box.Width * 1e-6 + _maxY * 1e-14;
        return new Bounds(box.West - slack, box.South - slack, box.East + slack, box.North + slack);
    }
}
