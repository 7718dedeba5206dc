namespace CartoPlatform.Cache;

/// <summary>Base URLs of the APIs behind the cache process; of several replicas, with semicolons between them.</summary>
public sealed class CacheRouteOptions
{
    public const string Section = "Cache";

    public string MapsApi { get; set; } = "http://127.0.0.1:8082";

    public string SqlApi { get; set; } = "http://127.0.0.1:8083";
}
