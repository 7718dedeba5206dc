namespace CartoPlatform.Tiles.Geometry;

/// <summary>The geometry types of WKB. Tiles take those of straight segments, up to <see cref="GeometryCollection"/>.</summary>
public enum GeometryType
{
    Point = 1,
    LineString = 2,
    Polygon = 3,
    MultiPoint = 4,
    MultiLineString = 5,
    MultiPolygon = 6,
    GeometryCollection = 7,
    CircularString = 8,
    CompoundCurve = 9,
    CurvePolygon = 10,
    MultiCurve = 11,
    MultiSurface = 12,
    PolyhedralSurface = 15,
    Tin = 16,
    Triangle = 17,
}
