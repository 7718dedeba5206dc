namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>Which cells stand for a polygon (<c>spatialFiltersMode</c>); geometry is always intersected.</summary>
public enum SpatialFiltersMode
{
    /// <summary>Cells that touch it.</summary>
    Intersects,

    /// <summary>Cells whose centre is in it.</summary>
    Center,

    /// <summary>Cells that are wholly in it.</summary>
    Contains,
}
