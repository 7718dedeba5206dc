namespace CartoPlatform.Tiles.Geometry;

/// <summary>Sides of a box, as set bits: the outcode of Cohen and Sutherland.</summary>
[Flags]
internal enum Sides
{
    None = 0,
    Left = 1,
    Right = 2,
    Top = 4,
    Bottom = 8,
}
