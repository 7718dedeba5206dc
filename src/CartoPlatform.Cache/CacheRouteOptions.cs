namespace CartoPlatform.Cache;

/// <summary>Base URLs of the APIs behind the cache process.</summary>
public sealed class CacheRouteOptions
{
    public const string Section = "Cache";

    public Uri MapsApi { get; set; } = new("http://127.0.0.1:8082");

    public Uri SqlApi { get; set; } = new("http://127.0.0.1:8083");
}
