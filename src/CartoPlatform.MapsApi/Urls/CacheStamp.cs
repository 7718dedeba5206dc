namespace CartoPlatform.MapsApi.Urls;

/// <summary>
/// The value of <c>cache</c> in URLs where nothing can tell when the data change: clients take data for changed when it differs, so it
/// says "may have changed" every ten seconds (CARTO's smallest maximum age) and whenever the connection was changed. An equal value
/// promises nothing about the data.
/// </summary>
internal static class CacheStamp
{
    private const long BucketMilliseconds = 10_000;

    /// <summary>Milliseconds since 1970, rounded down to ten seconds, plus the connection's revision.</summary>
    public static long Now(TimeProvider time, long revision)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return now - now % BucketMilliseconds + revision % BucketMilliseconds;
    }
}
