using System.ComponentModel.DataAnnotations;
using CartoPlatform.MapsApi.Requests;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>How tiles are made, and what one tile may cost.</summary>
public sealed class TileOptions
{
    public const string Section = "MapsApi";

    /// <summary>What TileJSON offers; a caller may change <c>formatTiles</c> in the tile URL.</summary>
    [EnumDataType(typeof(TileFormat))]
    public TileFormat DefaultTileFormat { get; set; } = TileFormat.Binary;

    /// <summary>Who encodes MVT tiles.</summary>
    [EnumDataType(typeof(TileEncoderKind))]
    public TileEncoderKind TileEncoder { get; set; } = TileEncoderKind.CSharp;

    /// <summary>
    /// One feature for all points of a cell of the grid eight levels below the tile (at resolution 0.5; one more for each doubling), with
    /// their number. Off, every point of a tile is a feature of it.
    /// </summary>
    public bool PointThinning { get; set; } = true;

    /// <summary>
    /// Lines and polygons lose what nobody sees at a zoom: vertices within half a cell of the tile's grid, and shapes smaller than a cell.
    /// Of more than a map can show the largest stay.
    /// </summary>
    public bool Simplification { get; set; } = true;

    /// <summary>Polygons in one tile at the default resolution with <see cref="Simplification"/>; half, double, three and four times as many at the others.</summary>
    [Range(1, 10_000_000)]
    public int MaxPolygons { get; set; } = 5_000;

    /// <summary>The same for lines.</summary>
    [Range(1, 10_000_000)]
    public int MaxLines { get; set; } = 10_000;

    /// <summary>Deepest zoom that is answered and offered; clients enlarge its tiles beyond. At 24 a cell of the coarsest grid is 9 mm.</summary>
    [Range(0, 24)]
    public int MaxZoom { get; set; } = 24;

    /// <summary>Rows in one tile; of more, the smallest are left out, and the answer says how many.</summary>
    [Range(1, 10_000_000)]
    public int MaxFeatures { get; set; } = 200_000;

    /// <summary>Rows that one tile of points looks at; of more, a sample that is always the same, and the answer says so.</summary>
    [Range(1_000, long.MaxValue)]
    public long MaxRows { get; set; } = 2_000_000;

    /// <summary>Size of one tile before compression.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MaxTileBytes { get; set; } = 48 * 1024 * 1024;

    /// <summary>Tiles of one connection that are made at a time; null: one fewer than its pool has connections. One source has one fewer still.</summary>
    [Range(1, 1_000)]
    public int? MaxConcurrent { get; set; }

    /// <summary>Tiles of one source, and of one connection, that may wait for their turn; more are 503.</summary>
    [Range(0, 100_000)]
    public int MaxWaiting { get; set; } = 256;

    /// <summary>How long a tile waits for its turn before it is 503.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan WaitLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one tile may take; then it is 408, never an empty tile.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan TileTimeLimit { get; set; } = TimeSpan.FromSeconds(30);
}

public enum TileEncoderKind
{
    /// <summary>Rows are read in binary and encoded in this process: faster, and works for every format.</summary>
    CSharp,

    /// <summary><c>ST_AsMVT</c>: the reference for comparison. It makes MVT only.</summary>
    Database,
}
