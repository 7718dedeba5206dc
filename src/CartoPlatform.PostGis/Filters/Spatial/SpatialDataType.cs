namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>What a source's spatial column holds (<c>spatialDataType</c>).</summary>
public enum SpatialDataType
{
    Geo,
    H3,
    Quadbin,

    /// <summary>Points in time, which are geometry to a filter.</summary>
    Trajectory,
}
