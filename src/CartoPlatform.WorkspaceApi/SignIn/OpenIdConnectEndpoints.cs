using System.Security.Cryptography;
using System.Text;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Sealing;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>Signing in with a provider: to it, and back from it.</summary>
internal static partial class OpenIdConnectEndpoints
{
    private const string Path = "/sign-in/oidc";
    private const string Callback = Path + "/callback";

    private static readonly ApiError Refused = new(StatusCodes.Status401Unauthorized, "The sign-in was refused");
    private static readonly ApiError Stale = ApiError.BadRequest("This sign-in was begun elsewhere, or too long ago; begin again");

    public static void MapOpenIdConnect(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, BeginAsync).WithName("BeginOpenIdConnect");
        routes.MapGet(Callback, CompleteAsync).WithName("CompleteOpenIdConnect");
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context, OpenIdConnectProvider provider, SecretBox box, TimeProvider time, IOptions<OpenIdConnectOptions> options,
        ILogger<OpenIdConnectProvider> logger, CancellationToken cancellationToken)
    {
        if (!options.Value.IsConfigured) return ApiError.NotFound($"There is nothing at {Path}");
        var attempt = SignInAttempt.Begin(ReturnPath.Of(context.Request.Query["returnTo"]), time.GetUtcNow());
        try
        {
            var url = await provider.AuthorizeUrlAsync(attempt, RedirectUri(context.Request), cancellationToken);
            context.Response.Cookies.Append(SignInAttempt.Cookie, attempt.Seal(box), Cookie(context.Request));
            return TypedResults.Redirect(url);
        }
        catch (Exception exception) when (IsOutage(exception, cancellationToken))
        {
            return Away(logger, exception);
        }
    }

    private static async Task<IResult> CompleteAsync(
        HttpContext context, OpenIdConnectProvider provider, ExternalUsers users, SessionStore sessions, SecretBox box, TimeProvider time,
        IOptions<OpenIdConnectOptions> options, ILogger<OpenIdConnectProvider> logger, CancellationToken cancellationToken)
    {
        if (!options.Value.IsConfigured) return ApiError.NotFound($"There is nothing at {Callback}");
        var attempt = SignInAttempt.TryOpen(context.Request.Cookies[SignInAttempt.Cookie], box, time.GetUtcNow());
        context.Response.Cookies.Delete(SignInAttempt.Cookie, Cookie(context.Request));
        if (attempt is null || !IsSame(context.Request.Query["state"].ToString(), attempt.State)) return Stale;
        if (context.Request.Query["code"].ToString() is not { Length: > 0 and <= 4_000 } code) return Refused;
        try
        {
            if (await provider.RedeemAsync(code, attempt, RedirectUri(context.Request), cancellationToken) is not { } identity) return Refused;
            var user = await users.AdmitAsync(identity, context.Connection.RemoteIpAddress?.ToString(), cancellationToken);
            if (user is null) return ApiError.Forbidden("You may not use this platform; ask its administrators");
            await SignInEndpoints.BeginAsync(context, user, sessions, cancellationToken);
            return TypedResults.LocalRedirect(attempt.ReturnTo);
        }
        catch (Exception exception) when (IsOutage(exception, cancellationToken))
        {
            return Away(logger, exception);
        }
    }

    private static string RedirectUri(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}{Callback}";

    // Lax: the provider's redirect back is a navigation from another site, and must bring it along.
    private static CookieOptions Cookie(HttpRequest request) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
        Path = Path,
        MaxAge = TimeSpan.FromMinutes(10),
        IsEssential = true,
    };

    private static bool IsSame(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    // The configuration manager wraps what went wrong.
    private static bool IsOutage(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException or InvalidOperationException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested);

    private static ApiError Away(ILogger logger, Exception exception)
    {
        LogAway(logger, exception.Message);
        return new ApiError(StatusCodes.Status503ServiceUnavailable, "The sign-in provider cannot be reached at the moment");
    }

    [LoggerMessage(5202, LogLevel.Warning, "The OpenID Connect provider cannot be used: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
