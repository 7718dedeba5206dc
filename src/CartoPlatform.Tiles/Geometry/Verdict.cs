namespace CartoPlatform.Tiles.Geometry;

/// <summary>What the check of a feature's polygons found.</summary>
internal enum Verdict
{
    Sound,

    /// <summary>Some polygons touch or cross themselves or each other.</summary>
    Suspect,

    /// <summary>So many segments overlap that looking at all of them would take too long.</summary>
    Tangled,
}
