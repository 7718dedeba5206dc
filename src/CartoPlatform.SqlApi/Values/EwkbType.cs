namespace CartoPlatform.SqlApi.Values;

/// <summary>Types of geometry that GeoJSON has, or has an equal of. Curves are made lines by the database before.</summary>
internal enum EwkbType
{
    Point = 1,
    LineString = 2,
    Polygon = 3,
    MultiPoint = 4,
    MultiLineString = 5,
    MultiPolygon = 6,
    GeometryCollection = 7,
    PolyhedralSurface = 15,
    Tin = 16,
    Triangle = 17,
}
