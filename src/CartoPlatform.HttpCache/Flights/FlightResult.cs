namespace CartoPlatform.HttpCache.Flights;

/// <summary>What came of a flight.</summary>
internal enum FlightResult
{
    /// <summary>An answer that is not kept: an error, a download, data that have changed meanwhile.</summary>
    Passed,

    Kept,

    /// <summary>What another replica has made.</summary>
    Shared,

    /// <summary>The origin failed, and an older answer stood in.</summary>
    Stale,

    /// <summary>Everybody had left.</summary>
    Cancelled,
}
