namespace CartoPlatform.SqlApi.Values;

/// <summary>Types of geometry that GeoJSON has, or has an equal of. Those of curves are here without arcs: the database makes lines of them before.</summary>
internal enum EwkbType
{
    Point = 1,
    LineString = 2,
    Polygon = 3,
    MultiPoint = 4,
    MultiLineString = 5,
    MultiPolygon = 6,
    GeometryCollection = 7,
    CompoundCurve = 9,
    CurvePolygon = 10,
    MultiCurve = 11,
    MultiSurface = 12,
    PolyhedralSurface = 15,
    Tin = 16,
    Triangle = 17,
}
