namespace CartoPlatform.Tiles;

/// <summary>Place of a tile in the Web Mercator pyramid: zoom, column from the west, row from the north.</summary>
public readonly record struct TileAddress
{
    /// <summary>2^30 columns still fit an <see cref="int"/>; a tile is then 4 cm wide.</summary>
    public const int MaxZoom = 30;

    private TileAddress(int z, int x, int y) => (Z, X, Y) = (z, x, y);

    public int Z { get; }

    public int X { get; }

    public int Y { get; }

    /// <summary>Tiles per side of the world at this zoom.</summary>
    public int Span => 1 << Z;

    /// <summary>The tile one zoom up that holds this one; null for the world tile.</summary>
    public TileAddress? Parent => Z == 0 ? null : new TileAddress(Z - 1, X >> 1, Y >> 1);

    /// <summary>Box in metres of EPSG:3857.</summary>
    public Bounds MercatorBounds => new(
        WebMercator.MetersX(Fraction(X)),
        WebMercator.MetersY(Fraction(Y + 1L)),
        WebMercator.MetersX(Fraction(X + 1L)),
        WebMercator.MetersY(Fraction(Y)));

    /// <summary>Box in degrees of WGS84.</summary>
    public Bounds DegreeBounds => new(
        WebMercator.Longitude(Fraction(X)),
        WebMercator.Latitude(Fraction(Y + 1L)),
        WebMercator.Longitude(Fraction(X + 1L)),
        WebMercator.Latitude(Fraction(Y)));

    /// <summary>False when the zoom is not 0 to 30 or the column or row lies outside the grid of that zoom.</summary>
    public static bool TryCreate(int z, int x, int y, out TileAddress address)
    {
        var valid = z is >= 0 and <= MaxZoom && x >= 0 && y >= 0 && x < 1 << z && y < 1 << z;
        address = valid ? new TileAddress(z, x, y) : default;
        return valid;
    }

    /// <exception cref="ArgumentOutOfRangeException">There is no such tile.</exception>
    public static TileAddress Create(int z, int x, int y) =>
        TryCreate(z, x, y, out var address)
            ? address
            : throw new ArgumentOutOfRangeException(nameof(z), $"There is no tile {z}/{x}/{y}.");

    /// <summary>The tile one zoom down in the given column (0 west, 1 east) and row (0 north, 1 south) of this one.</summary>
    public TileAddress Child(int column, int row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(column & 1, column);
        ArgumentOutOfRangeException.ThrowIfNotEqual(row & 1, row);
        return Create(Z + 1, (X << 1) | column, (Y << 1) | row);
    }

    public override string ToString() => $"{Z}/{X}/{Y}";

    // Exact: a division by a power of two.
    private double Fraction(long index) => (double)index / Span;
}
