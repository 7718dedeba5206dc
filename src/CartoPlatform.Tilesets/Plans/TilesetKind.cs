namespace CartoPlatform.Tilesets.Plans;

public enum TilesetKind
{
    /// <summary>Features as they are.</summary>
    Simple,

    /// <summary>Points, counted and summed up in the cells of a grid.</summary>
    PointAggregation,

    /// <summary>H3 or quadbin cells, summed up in their parents.</summary>
    SpatialIndex,
}
