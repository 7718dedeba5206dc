using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using NtsGeometry = NetTopologySuite.Geometries.Geometry;

namespace CartoPlatform.Tiles.Cells;

/// <summary>A polygon that many cells are held against.</summary>
internal sealed class CoveredPolygon(NtsGeometry polygon)
{
    private readonly IPreparedGeometry _prepared = PreparedGeometryFactory.Prepare(polygon);

    // Viewports are boxes: those need no geometry.
    private readonly Envelope? _box = polygon.IsRectangle ? polygon.EnvelopeInternal : null;

    public BoxRelation Relate(Envelope box)
    {
        if (!polygon.EnvelopeInternal.Intersects(box)) return BoxRelation.Outside;
        if (_box is not null) return _box.Covers(box) ? BoxRelation.Inside : BoxRelation.Border;

        var outline = polygon.Factory.ToGeometry(box);
        if (!_prepared.Intersects(outline)) return BoxRelation.Outside;
        return _prepared.Covers(outline) ? BoxRelation.Inside : BoxRelation.Border;
    }

    public bool Takes(CellScheme scheme, long cell, CellCoverMode mode)
    {
        if (mode == CellCoverMode.Center)
        {
            var center = scheme.Center(cell);
            return _prepared.Intersects(polygon.Factory.CreatePoint(new Coordinate(center.Longitude, center.Latitude)));
        }

        var outline = CellArea.Outline(scheme, cell, polygon.Factory);
        return mode == CellCoverMode.Contains ? _prepared.Covers(outline) : _prepared.Intersects(outline);
    }
}

/// <summary>How a box lies to a polygon.</summary>
internal enum BoxRelation
{
    Outside,
    Inside,

    /// <summary>Neither, as far as is known.</summary>
    Border,
}
