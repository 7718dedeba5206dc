namespace CartoPlatform.Tiles.Mvt;

/// <summary>Type of a feature; its parts may be many.</summary>
internal enum MvtGeometryType
{
    Point = 1,
    LineString = 2,
    Polygon = 3,
}
