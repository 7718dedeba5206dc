using System.Text.Encodings.Web;
using CartoPlatform.WorkspaceApi.OAuth.Authorization;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>
/// Goes on after signing in to where a redirect would not do: browsers hold the page's <c>form-action</c> against every redirect that
/// follows its form, and an application's way back leads to another site.
/// </summary>
internal sealed class ContinuePage(string path) : IResult
{
    public static bool IsNeeded(string path) => path.StartsWith(AuthorizeEndpoint.Path + "?", StringComparison.Ordinal);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
        var link = HtmlEncoder.Default.Encode(path);
        await response.WriteAsync(
            $"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={link}"><title>Signed in</title></head><body><a href="{link}">Continue</a></body></html>""",
            httpContext.RequestAborted);
    }
}
