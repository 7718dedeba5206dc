namespace CartoPlatform.Tiles.Geometry;

/// <summary>A place in units of a tile before it is snapped to the grid.</summary>
internal readonly record struct TilePoint(double X, double Y)
{
    // Half to even, as PostGIS' rint does: equal data gives equal tiles on both sides.
    public GridPoint Snap() => new((int)Math.Round(X), (int)Math.Round(Y));
}
