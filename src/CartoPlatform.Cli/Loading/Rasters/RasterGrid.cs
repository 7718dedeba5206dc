using CartoPlatform.Tiles;

namespace CartoPlatform.Cli.Loading.Rasters;

/// <summary>The blocks of a zoom that a raster touches, and their pixels.</summary>
/// <param name="Zoom">Of the blocks, which are tiles of Web Mercator.</param>
/// <param name="West">First column.</param>
/// <param name="North">First row.</param>
/// <param name="East">Last column.</param>
/// <param name="South">Last row.</param>
internal sealed record RasterGrid(int Zoom, int West, int North, int East, int South)
{
    /// <summary>Pixels per side of a block.</summary>
    public const int BlockSize = 256;

    private const int BlockZooms = 8, MaxPixelZoom = 26;

    public int Columns => East - West + 1;

    public int Rows => South - North + 1;

    public int Width => Columns * BlockSize;

    public int Height => Rows * BlockSize;

    public (double West, double South, double East, double North) MercatorBounds
    {
        get
        {
            var (first, last) = (TileAddress.Create(Zoom, West, North).MercatorBounds, TileAddress.Create(Zoom, East, South).MercatorBounds);
            return (first.West, last.South, last.East, first.North);
        }
    }

    /// <summary>The grid whose pixels come closest to those of a file.</summary>
    public static RasterGrid Finest(RasterFile file)
    {
        var (west, south, east, north) = file.Bounds;
        var width = WebMercator.WorldX(east) - WebMercator.WorldX(west);
        var height = WebMercator.WorldY(south) - WebMercator.WorldY(north);
        if (width <= 0 || height <= 0) throw new LoadException(file.Path, null, "it covers nothing within Web Mercator, which ends at 85 degrees north and south.");
        var pixelZoom = (int)Math.Round(Math.Log2(Math.Max(file.Width / width, file.Height / height)));
        return Of(file, Math.Clamp(pixelZoom, BlockZooms, MaxPixelZoom) - BlockZooms);
    }

    public static RasterGrid Of(RasterFile file, int zoom)
    {
        var (west, south, east, north) = file.Bounds;
        var span = 1 << zoom;
        int Index(double fraction, bool isEnd) => (int)Math.Clamp(isEnd ? Math.Ceiling(fraction * span) - 1 : Math.Floor(fraction * span), 0, span - 1);
        var (x, y) = (Index(WebMercator.WorldX(west), false), Index(WebMercator.WorldY(north), false));
        return new RasterGrid(zoom, x, y, Math.Max(x, Index(WebMercator.WorldX(east), true)), Math.Max(y, Index(WebMercator.WorldY(south), true)));
    }
}
