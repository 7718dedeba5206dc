using System.Globalization;

namespace CartoPlatform.Tiles;

/// <summary>
/// CARTO's 64-bit cell index: header 0100, mode 1, zoom in bits 56 to 52, then the bits of row and column
/// interleaved from the top (row bit left), the unused low bits all 1.
/// </summary>
public static class Quadbin
{
    /// <summary>26 pairs of bits fit below the zoom.</summary>
    public const int MaxZoom = 26;

    private const ulong Header = 0x4800000000000000;
    private const ulong HeaderMask = 0xFE00000000000000;
    private const ulong CellBits = 0xFFFFFFFFFFFFF;
    private const int ZoomShift = 52;

    /// <exception cref="ArgumentOutOfRangeException">The tile is deeper than zoom 26.</exception>
    public static long FromTile(TileAddress tile)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tile.Z, MaxZoom);
        var bits = MortonCode.Of(tile.X, tile.Y);
        return (long)(Header | ((ulong)tile.Z << ZoomShift) | (bits << (ZoomShift - 2 * tile.Z)) | (CellBits >> (2 * tile.Z)));
    }

    /// <summary>The cell of a zoom that holds a place in degrees; places beyond the Mercator square belong to its edge.</summary>
    public static long FromDegrees(double longitude, double latitude, int zoom)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)zoom, (uint)MaxZoom, nameof(zoom));
        var x = Index(WebMercator.WorldX(longitude), zoom);
        var y = Index(WebMercator.WorldY(latitude), zoom);
        return FromTile(TileAddress.Create(zoom, x, y));
    }

    /// <summary>False when the number is not a well-formed cell.</summary>
    public static bool TryGetTile(long cell, out TileAddress tile)
    {
        tile = default;
        var value = (ulong)cell;
        var zoom = (int)(value >> ZoomShift) & 0x1F;
        if ((value & HeaderMask) != Header || zoom > MaxZoom) return false;
        var unused = CellBits >> (2 * zoom);
        if ((value & unused) != unused) return false;
        var bits = (value & CellBits) >> (ZoomShift - 2 * zoom);
        return TileAddress.TryCreate(zoom, MortonCode.Column(bits), MortonCode.Row(bits), out tile);
    }

    /// <summary>The cell one zoom up. Takes a well-formed cell deeper than zoom 0.</summary>
    /// <exception cref="ArgumentException">The number is no cell, or the cell of the world.</exception>
    public static long Parent(long cell) =>
        TryGetTile(cell, out var tile) && tile.Parent is { } parent
            ? FromTile(parent)
            : throw new ArgumentException($"{cell} is not a quadbin cell with a parent.", nameof(cell));

    /// <summary>The four cells one zoom down, as the bits count them.</summary>
    /// <returns>How many were written.</returns>
    public static int Children(long cell, Span<long> children)
    {
        var tile = Tile(cell);
        for (var child = 0; child < 4; child++) children[child] = FromTile(tile.Child(child & 1, child >> 1));
        return 4;
    }

    /// <summary>The middle of the cell on the Mercator map.</summary>
    public static LonLat Center(long cell)
    {
        var tile = Tile(cell);
        return new LonLat(WebMercator.Longitude((tile.X + 0.5) / tile.Span), WebMercator.Latitude((tile.Y + 0.5) / tile.Span));
    }

    /// <summary>The four corners, counterclockwise from the south-west.</summary>
    /// <returns>How many were written.</returns>
    public static int Boundary(long cell, Span<LonLat> corners)
    {
        var box = Tile(cell).DegreeBounds;
        (corners[0], corners[1]) = (new LonLat(box.West, box.South), new LonLat(box.East, box.South));
        (corners[2], corners[3]) = (new LonLat(box.East, box.North), new LonLat(box.West, box.North));
        return 4;
    }

    /// <summary>Lower-case hexadecimal, as the client library writes it.</summary>
    public static string ToText(long cell) => cell.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Hexadecimal of 16 digits in any case, or decimal, which has 19.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long cell)
    {
        var parsed = text.Length == 16
            ? long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out cell)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cell);
        return parsed && TryGetTile(cell, out _);
    }

    private static TileAddress Tile(long cell) =>
        TryGetTile(cell, out var tile) ? tile : throw new ArgumentException($"{cell} is not a quadbin cell.", nameof(cell));

    private static int Index(double fraction, int zoom) =>
        (int)Math.Clamp(Math.Floor(fraction * (1 << zoom)), 0, (1 << zoom) - 1);
}
