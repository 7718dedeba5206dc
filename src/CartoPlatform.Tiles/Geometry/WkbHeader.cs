namespace CartoPlatform.Tiles.Geometry;

/// <summary>What stands before the coordinates of a geometry; <paramref name="Srid"/> is 0 when none is given.</summary>
public readonly record struct WkbHeader(GeometryType Type, int BytesPerCoordinate, int Srid);
