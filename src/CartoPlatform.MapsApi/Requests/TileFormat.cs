namespace CartoPlatform.MapsApi.Requests;

/// <summary>How a tile is encoded; in lower case, the value of <c>formatTiles</c>.</summary>
public enum TileFormat
{
    /// <summary>CARTO's vector tile (contract, section 4.4).</summary>
    Binary,

    /// <summary>Mapbox vector tile 2.1.</summary>
    Mvt,
}

internal static class TileFormatExtensions
{
    public static string ToParameter(this TileFormat format) => format == TileFormat.Mvt ? "mvt" : "binary";
}
