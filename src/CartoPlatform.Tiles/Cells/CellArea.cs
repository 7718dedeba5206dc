using CartoPlatform.Tiles.H3;
using NetTopologySuite.Geometries;
using NtsGeometry = NetTopologySuite.Geometries.Geometry;

namespace CartoPlatform.Tiles.Cells;

/// <summary>What a cell covers on the plane of longitude and latitude.</summary>
internal static class CellArea
{
    private static readonly Envelope World = new(-180, 180, -90, 90);

    // Fine descendants of an H3 cell reach beyond it: on a regular grid to 1.053 of its radius, the rest is for distortion.
    private const double Reach = 1.25;

    /// <summary>A box around all descendants. Longitudes go beyond 180 degrees where a cell lies on both sides.</summary>
    public static Envelope Around(CellScheme scheme, long cell)
    {
        Span<LonLat> corners = stackalloc LonLat[scheme.MaxCorners];
        corners = corners[..scheme.Boundary(cell, corners)];
        if (scheme == CellScheme.Quadbin) return new Envelope(corners[0].Longitude, corners[2].Longitude, corners[0].Latitude, corners[2].Latitude);

        var center = scheme.Center(cell);
        var radius = Radius(center, corners) * Reach;
        var (south, north) = (center.Latitude - double.RadiansToDegrees(radius), center.Latitude + double.RadiansToDegrees(radius));
        if (south <= -90 || north >= 90) return new Envelope(-180, 180, Math.Max(-90, south), Math.Min(90, north));

        var half = double.RadiansToDegrees(Math.Asin(Math.Min(1, Math.Sin(radius) / Math.Cos(double.DegreesToRadians(center.Latitude)))));
        return new Envelope(center.Longitude - half, center.Longitude + half, south, north);
    }

    /// <summary>The cell itself, its edges straight in degrees.</summary>
    public static NtsGeometry Outline(CellScheme scheme, long cell, GeometryFactory factory)
    {
        // Boxes need no unrolling, and the one of zoom 0 would not survive it: its sides are the same meridian.
        if (scheme == CellScheme.Quadbin) return factory.ToGeometry(Around(scheme, cell));

        Span<LonLat> corners = stackalloc LonLat[scheme.MaxCorners];
        corners = corners[..scheme.Boundary(cell, corners)];
        var ring = new List<Coordinate>(corners.Length + 3);
        var start = scheme.Center(cell).Longitude;
        var longitude = start;
        foreach (var corner in corners)
        {
            longitude += Math.IEEERemainder(corner.Longitude - longitude, 360);
            ring.Add(new Coordinate(longitude, corner.Latitude));
        }

        var turn = longitude + Math.IEEERemainder(corners[0].Longitude - longitude, 360) - ring[0].X;
        if (Math.Abs(turn) > 180) return AroundPole(ring, turn, factory);
        ring.Add(ring[0].Copy());
        return factory.CreatePolygon([.. ring]);
    }

    // The corners of a cell with a pole in it lead once around the world.
    private static NtsGeometry AroundPole(List<Coordinate> ring, double turn, GeometryFactory factory)
    {
        var pole = ring[0].Y > 0 ? 90.0 : -90.0;
        var (first, last) = (ring[0], new Coordinate(ring[0].X + turn, ring[0].Y));
        ring.AddRange([last, new Coordinate(last.X, pole), new Coordinate(first.X, pole), first.Copy()]);
        var area = factory.CreatePolygon([.. ring]);
        var copies = new[] { -720.0, -360, 0, 360, 720 }.Select(shift => Shift(area, shift)).Where(copy => copy.EnvelopeInternal.Intersects(World));
        var world = factory.ToGeometry(World);
        return copies.Select(copy => copy.Intersection(world)).Aggregate((union, part) => union.Union(part));
    }

    public static NtsGeometry Shift(NtsGeometry geometry, double longitude)
    {
        var copy = geometry.Copy();
        copy.Apply(new NetTopologySuite.Geometries.Utilities.AffineTransformation(1, 0, longitude, 0, 1, 0));
        return copy;
    }

    private static double Radius(LonLat center, ReadOnlySpan<LonLat> corners)
    {
        var middle = ToSpace(center);
        var farthest = 0.0;
        foreach (var corner in corners) farthest = Math.Max(farthest, (ToSpace(corner) - middle).Length);
        return 2 * Math.Asin(Math.Min(1, farthest / 2));
    }

    private static Vector3 ToSpace(LonLat place) => Vector3.FromRadians(double.DegreesToRadians(place.Longitude), double.DegreesToRadians(place.Latitude));
}
