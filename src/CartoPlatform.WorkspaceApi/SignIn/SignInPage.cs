using System.Globalization;
using System.Text.Encodings.Web;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>The page at <c>/sign-in</c>: a form, and no script.</summary>
internal sealed class SignInPage(string returnTo, ApiError? error, string? provider) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = error?.Status ?? StatusCodes.Status200OK;
        if (error?.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        response.Headers["Referrer-Policy"] = "same-origin";
        await response.WriteAsync(Html(), httpContext.RequestAborted);
    }

    private string Html()
    {
        var encode = HtmlEncoder.Default;
        var problem = error is null ? "" : $"<p role=\"alert\">{encode.Encode(error.Error)}</p>";
        var elsewhere = provider is null ? "" : $"<p><a href=\"/sign-in/oidc?returnTo={UrlEncoder.Default.Encode(returnTo)}\">Sign in with {encode.Encode(provider)}</a></p>";
        return $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · CartoPlatform</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; background: #0b121a; color: #dbe4ee; display: grid; place-items: center; min-height: 100vh; margin: 0 }
            main { width: 20rem; padding: 2rem; background: #19232f; border-radius: .5rem }
            label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
            input { margin: .2rem 0 1rem; padding: .5rem; border: 1px solid #43556a; border-radius: .3rem; background: #0b121a; color: inherit }
            button { padding: .6rem; border: 0; border-radius: .3rem; background: #17b8be; color: #04212b; font-weight: 600 }
            a { color: #17b8be } [role=alert] { color: #ff9d8a }
            </style></head>
            <body><main><h1>CartoPlatform</h1>{{problem}}
            <form method="post" action="/sign-in">
            <label for="email">Email</label><input id="email" name="email" type="email" autocomplete="username" required autofocus>
            <label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
            <input type="hidden" name="returnTo" value="{{encode.Encode(returnTo)}}"><button>Sign in</button>
            </form>{{elsewhere}}</main></body></html>
            """;
    }
}
