namespace CartoPlatform.Tiles.Cells;

/// <summary>Which cells stand for a polygon.</summary>
public enum CellCoverMode
{
    /// <summary>Cells that touch it.</summary>
    Intersects,

    /// <summary>Cells whose centre is in it.</summary>
    Center,

    /// <summary>Cells that are wholly in it.</summary>
    Contains,
}
