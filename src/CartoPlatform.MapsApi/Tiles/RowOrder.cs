namespace CartoPlatform.MapsApi.Tiles;

/// <summary>In which order the rows of a tile are read.</summary>
internal enum RowOrder
{
    /// <summary>As they come.</summary>
    Any,

    /// <summary>Equal data have equal orders.</summary>
    ByKey,

    /// <summary>The same, where not all rows are wanted.</summary>
    LargestFirst,
}
