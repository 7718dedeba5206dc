namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// A ring in a <see cref="RingSet"/>: vertices [Start, Start + Count), the last one joined to the first and not repeated.
/// Shells have positive area in tile coordinates, holes negative; a shell precedes its holes, and all know the number
/// of their polygon.
/// </summary>
internal readonly record struct Ring(int Start, int Count, int Polygon, bool IsHole);
