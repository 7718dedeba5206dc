namespace CartoPlatform.MapsApi.Requests;

/// <summary>How a tile is encoded; in lower case, the value of <c>formatTiles</c>.</summary>
public enum TileFormat
{
    /// <summary>CARTO's vector tile, or its spatial tile of cells (contract, sections 4.4 and 4.5).</summary>
    Binary,

    /// <summary>Mapbox vector tile 2.1.</summary>
    Mvt,

    /// <summary>Cells as a JSON array (contract, section 4.9).</summary>
    Json,
}

internal static class TileFormatExtensions
{
    public static string ToParameter(this TileFormat format) => format switch
    {
        TileFormat.Mvt => "mvt",
        TileFormat.Json => "json",
        _ => "binary",
    };
}
