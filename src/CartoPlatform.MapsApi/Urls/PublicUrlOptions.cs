namespace CartoPlatform.MapsApi.Urls;

/// <summary>Under which address clients reach the platform, where the request alone does not say it.</summary>
public sealed class PublicUrlOptions
{
    public const string Section = "Platform";

    /// <summary>Such as <c>https://maps.example.org</c>; a path is kept. Null: the scheme, host and path prefix of each request.</summary>
    public Uri? PublicUrl { get; set; }
}
