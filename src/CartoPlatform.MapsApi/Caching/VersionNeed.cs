namespace CartoPlatform.MapsApi.Caching;

/// <summary>What must be known of the versions of the data that an answer is made of.</summary>
internal enum VersionNeed
{
    /// <summary>Nothing, unless a cache wants to keep the answer.</summary>
    None,

    /// <summary>Those of the last word of changes: the answer may be made of what is kept in memory.</summary>
    Heard,

    /// <summary>Those of now.</summary>
    Asked,
}

/// <summary>From when on the versions are to be that a reading begins with.</summary>
/// <param name="IsVersioned">False where nothing need be known of them.</param>
/// <param name="Since">A timestamp: what has been heard of changes since will do. Null for versions of now.</param>
/// <param name="Stamp">Of other data than the URL names the caller may have seen newer ones: then the versions are those of now.</param>
internal readonly record struct ReadingStart(bool IsVersioned, long? Since = null, long? Stamp = null)
{
    public static readonly ReadingStart Unversioned = new(false);

    public static readonly ReadingStart Now = new(true);
}
