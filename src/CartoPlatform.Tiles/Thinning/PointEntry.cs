using System.Runtime.InteropServices;

namespace CartoPlatform.Tiles.Thinning;

/// <summary>The rows of a cell, or one row of a shape that has none.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct PointEntry
{
    /// <summary>Of shapes.</summary>
    public const int NoCell = int.MaxValue;

    /// <summary>On a curve through the cells of the tile.</summary>
    public int Cell;

    /// <summary>How many rows there are.</summary>
    public long Count;

    /// <summary>The least among the places of the rows.</summary>
    public ulong Hash;

    /// <summary>The row that has it; <see cref="RowPlace.None"/> where the entry is beyond the budget.</summary>
    public RowPlace Row;
}
