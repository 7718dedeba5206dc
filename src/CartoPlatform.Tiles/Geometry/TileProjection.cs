namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Takes coordinates of EPSG:4326 (degrees) or EPSG:3857 (metres) to units of one tile. Points are clamped to the
/// Mercator square; lines and rings go on to the pole, which PROJ too puts six worlds away, and are clipped.
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
        _maxY = _isMetric ? MaxAbsolute : 90;
        _reach = Reach((double)grid.Buffer / grid.Extent);
    }

    /// <summary>False for coordinates that have no place (NaN, infinite); latitudes end at the poles.</summary>
    public bool TryAccept(double x, ref double y)
    {
        // Written so that NaN fails it too.
        if (!(Math.Abs(x) <= MaxAbsolute && Math.Abs(y) <= double.MaxValue)) return false;
        y = Math.Clamp(y, -_maxY, _maxY);
        return true;
    }

    /// <summary>The sides of the buffered tile that an accepted source coordinate surely lies beyond, 0 when in doubt.</summary>
    public Sides SidesBeyond(double x, double y) =>
        (x < _reach.West ? Sides.Left : x > _reach.East ? Sides.Right : Sides.None)
        | (y > _reach.North ? Sides.Top : y < _reach.South ? Sides.Bottom : Sides.None);

    /// <summary>Projects a vertex of a line or ring, beyond the Mercator square too.</summary>
    public TilePoint ToTile(double x, double y)
    {
        var column = _tilesPerSide * WorldGrid.Snap(_isMetric ? WebMercator.WorldXFromMeters(x) : WebMercator.WorldX(x));
        var row = _tilesPerSide * WorldGrid.Snap(_isMetric ? WebMercator.UnclampedWorldYFromMeters(y) : WebMercator.UnclampedWorldY(y));
        return new TilePoint((column - _column) * _extent, (row - _row) * _extent);
    }

    /// <summary>
    /// Projects a point. It is owned by the tile, and by no other, when it lies in it: west and north side included,
    /// east and south side not, but for the far sides of the world.
    /// </summary>
    public TilePoint ToTile(double x, double y, out bool isOwned)
    {
        // Scaling by a power of two is exact, so that neighbouring tiles agree on who owns a point.
        var column = _tilesPerSide * (_isMetric ? WebMercator.WorldXFromMeters(x) : WebMercator.WorldX(x));
        var row = _tilesPerSide * (_isMetric ? WebMercator.WorldYFromMeters(y) : WebMercator.WorldY(y));
        isOwned = IsAt(column, _column) && IsAt(row, _row);
        return new TilePoint((column - _column) * _extent, (row - _row) * _extent);
    }

    public double ToLongitude(double x) => _isMetric ? WebMercator.Longitude(WebMercator.WorldXFromMeters(x)) : x;

    /// <summary>Clamped to the Mercator square.</summary>
    public double ToLatitude(double y) => _isMetric
        ? WebMercator.Latitude(WebMercator.WorldYFromMeters(y))
        : Math.Clamp(y, -WebMercator.MaxLatitude, WebMercator.MaxLatitude);

    private bool IsAt(double fraction, double index) =>
        Math.Floor(fraction) == index || (fraction == _tilesPerSide && index == _tilesPerSide - 1);

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
        // Of the tile for the rounding on the way, of the distance from zero for that of the source itself.
        var slack = box.Width * 1e-6 + (_isMetric ? WebMercator.HalfWorldMeters : 180) * 1e-14;
        return new Bounds(box.West - slack, box.South - slack, box.East + slack, box.North + slack);
    }
}
