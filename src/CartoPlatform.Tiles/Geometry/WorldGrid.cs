namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// The grid that vertices of lines and rings stand on, 36 micrometres apart at the equator: more exact than anybody surveys, a sixteenth
/// of a tile's unit at zoom 24, and short where many of them are kept.
/// </summary>
internal static class WorldGrid
{
    /// <summary>What lies further away, in sides of the world, has no cell.</summary>
    public const double MaxWorlds = 1 << 20;

    private const double CellsPerSide = 1L << 40;

    /// <summary>Moves a fraction of the world onto the grid. Scaling by a power of two is exact.</summary>
    public static double Snap(double world) => Math.Round(world * CellsPerSide) / CellsPerSide;

    /// <summary>The cell that <see cref="Snap"/> moves to.</summary>
    public static long CellOf(double world) => (long)Math.Round(world * CellsPerSide);

    public static double PlaceOf(long cell) => cell / CellsPerSide;
}
