namespace CartoPlatform.MapsApi.Downloads;

/// <summary>How the rows of a source are written: what stands around and between them.</summary>
internal sealed record DownloadFormat(string ContentType, string Start, string Separator, string End)
{
    public static DownloadFormat Json { get; } = new("application/json; charset=utf-8", "[", ",", "]");

    public static DownloadFormat NdJson { get; } = new("application/x-ndjson; charset=utf-8", "", "\n", "");

    /// <summary>RFC 7946.</summary>
    public static DownloadFormat GeoJson { get; } =
        new("application/geo+json; charset=utf-8", """{"type":"FeatureCollection","features":[""", ",", "]}");

    /// <summary>By the value of <c>format</c>; null where it names no download.</summary>
    public static DownloadFormat? Find(string? name) => name switch
    {
        "geojson" => GeoJson,
        "json" => Json,
        "ndjson" => NdJson,
        _ => null,
    };
}
