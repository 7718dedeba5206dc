using CartoPlatform.Tiles;

namespace CartoPlatform.Tilesets.Rendering;

/// <summary>A feature on its way into tiles.</summary>
/// <param name="Id">Identity across tiles; null where there is none.</param>
/// <param name="Ewkb">Geometry in degrees.</param>
/// <param name="Box">In fractions of the world, its north at the smaller y: west, top, east, bottom.</param>
/// <param name="Values">As <see cref="RowValues"/> reads them.</param>
internal sealed record TileFeature(ulong? Id, byte[] Ewkb, (double West, double Top, double East, double Bottom) Box, object?[] Values)
{
    public bool IsPoint => Box.West == Box.East && Box.Top == Box.Bottom;

    public static (double West, double Top, double East, double Bottom) BoxOf(double west, double south, double east, double north) =>
        (WebMercator.WorldX(west), WebMercator.WorldY(north), WebMercator.WorldX(east), WebMercator.WorldY(south));

    /// <summary>Whether something of it may be in a tile, or in the margin around it.</summary>
    public bool Meets(TileAddress tile, double margin)
    {
        var size = 1.0 / tile.Span;
        var (left, top, grown) = (tile.X * size, tile.Y * size, margin * size);
        return Box.East >= left - grown && Box.West <= left + size + grown && Box.Bottom >= top - grown && Box.Top <= top + size + grown;
    }

    /// <summary>Whether it lies in the tile and is so small that nothing may be left of it on a grid.</summary>
    public bool Vanishes(TileAddress tile, int extent)
    {
        var unit = 1.0 / tile.Span / extent;
        return Box.East - Box.West < unit && Box.Bottom - Box.Top < unit && Meets(tile, 0);
    }
}
