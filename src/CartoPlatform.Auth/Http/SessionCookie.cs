using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Http;

/// <summary>The cookie of a user who is signed in: a signed token that scripts cannot read and that other sites' forms do not send.</summary>
public static class SessionCookie
{
    public const string Name = "carto_session";

    /// <summary>Hands it out. Over TLS it never goes out without.</summary>
    public static void Set(HttpContext context, string text, DateTimeOffset expires) =>
        context.Response.Cookies.Append(Name, text, Options(context, expires));

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    private static CookieOptions Options(HttpContext context, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        Expires = expires,
        IsEssential = true,
    };
}
