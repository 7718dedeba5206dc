using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache;

/// <summary>
/// The place of the HTTP cache in the pipeline: behind authentication, in front of the APIs. It keeps nothing yet, and says so:
/// every API answer carries <c>X-Cache: BYPASS</c>.
/// </summary>
public static class HttpCacheExtensions
{
    public const string StatusHeader = "X-Cache";

    public static IApplicationBuilder UseHttpCache(this IApplicationBuilder app) =>
        app.Use((context, next) =>
        {
            if (IsApi(context.Request.Path))
            {
                context.Response.OnStarting(static state =>
                {
                    ((HttpResponse)state).Headers[StatusHeader] = "BYPASS";
                    return Task.CompletedTask;
                }, context.Response);
            }

            return next(context);
        });

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/v3/maps") || path.StartsWithSegments("/v3/sql") || path.StartsWithSegments("/v3/stats");
}
