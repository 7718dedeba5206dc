namespace CartoPlatform.Tiles;

/// <summary>A tile and the grid that geometry is snapped to: units from its north-west corner, x right, y down.</summary>
public sealed record TileGrid
{
    /// <summary>Keeps the products of two coordinate differences far inside 64 bits.</summary>
    public const int MaxExtent = 1 << 20;

    /// <param name="address">The tile.</param>
    /// <param name="extent">Units per side of the tile.</param>
    /// <param name="buffer">Units kept beyond each side, at most <paramref name="extent"/>. With 0 every point is in exactly one tile.</param>
    public TileGrid(TileAddress address, int extent = 4096, int buffer = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(extent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(extent, MaxExtent);
        ArgumentOutOfRangeException.ThrowIfNegative(buffer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buffer, extent);
        (Address, Extent, Buffer) = (address, extent, buffer);
    }

    public TileAddress Address { get; }

    public int Extent { get; }

    public int Buffer { get; }

    /// <summary>Drop vertices of lines and rings that lie within half a unit of the simplified line.</summary>
    public bool Simplify { get; init; }
}
