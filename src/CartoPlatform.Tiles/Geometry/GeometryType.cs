namespace CartoPlatform.Tiles.Geometry;

/// <summary>The geometry types of WKB that are made of straight segments.</summary>
internal enum GeometryType
{
    Point = 1,
    LineString = 2,
    Polygon = 3,
    MultiPoint = 4,
    MultiLineString = 5,
    MultiPolygon = 6,
    GeometryCollection = 7,
}
