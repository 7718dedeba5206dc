using CartoPlatform.Contracts.Maps;
using CartoPlatform.Traffic.Limits;

namespace CartoPlatform.Edge.Cors;

internal static class CorsExtensions
{
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromDays(1);

    /// <summary>
    /// Any origin may ask: callers are known by their token, which a foreign page does not have. Cookies are never allowed across
    /// origins. (Contract, section 1.6: every browser call is preflighted.)
    /// </summary>
    public static void AddEdgeCors(this WebApplicationBuilder builder) =>
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .AllowAnyOrigin()
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
            .AllowAnyHeader()
            .WithExposedHeaders(["Age", "ETag", "Retry-After", "X-Cache", .. LimitHeaders.All, .. TileHeaders.All])
            .SetPreflightMaxAge(PreflightMaxAge)));
}
