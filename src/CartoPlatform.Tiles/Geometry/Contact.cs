namespace CartoPlatform.Tiles.Geometry;

/// <summary>How two segments meet.</summary>
internal enum Contact
{
    None,

    /// <summary>An end of one lies on the other, or they overlap along a line.</summary>
    Touch,

    /// <summary>They cross in the inside of both.</summary>
    Cross,
}
