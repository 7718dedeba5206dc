namespace CartoPlatform.WorkspaceApi.OAuth;

/// <summary>How this platform is an OAuth authorization server.</summary>
internal sealed class OAuthOptions
{
    public const string Section = "OAuth";

    public const string Rule =
        "OAuth:Issuer must be an https URL (or http) without query and fragment, or not set; OAuth:AccessTokenLifetime from 1 minute to 1 day; OAuth:CodeLifetime from 10 seconds to 10 minutes";

    /// <summary>The platform's own setting, which the Maps API has too.</summary>
    public const string PublicUrl = "Platform:PublicUrl";

    /// <summary>The URL under which everybody knows the platform; not set, it is <see cref="PublicUrl"/>, else the one that a request came to.</summary>
    public Uri? Issuer { get; set; }

    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Of an authorization code: the time that a redirect and a request take.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Without a slash at the end: that is how it stands in tokens, and clients compare it.</summary>
    public string IssuerOf(HttpRequest request) =>
        Issuer?.ToString().TrimEnd('/') ?? $"{request.Scheme}://{request.Host}{request.PathBase}";

    internal bool IsValid() =>
        (Issuer is null or { IsAbsoluteUri: true, Scheme: "https" or "http", Query: "", Fragment: "" })
        && AccessTokenLifetime >= TimeSpan.FromMinutes(1) && AccessTokenLifetime <= TimeSpan.FromDays(1)
        && CodeLifetime >= TimeSpan.FromSeconds(10) && CodeLifetime <= TimeSpan.FromMinutes(10);
}
