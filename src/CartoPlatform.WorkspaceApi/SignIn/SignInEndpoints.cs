using CartoPlatform.Auth;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.Auth.Http;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceApi.Users;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>Signing in and out with a cookie (session mode of the client library), and the page for it.</summary>
internal static class SignInEndpoints
{
    public const string Page = "/sign-in";

    private static readonly ApiError Wrong = new(StatusCodes.Status401Unauthorized, "Wrong email or password");

    private static readonly ApiError TooMany =
        new(StatusCodes.Status429TooManyRequests, "Too many failed sign-ins; try again in a minute") { RetryAfter = AttemptLimiter.WindowSeconds };

    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddOptions<OpenIdConnectOptions>().BindConfiguration(OpenIdConnectOptions.Section)
            .Validate(options => options.IsValid(), OpenIdConnectOptions.Rule).ValidateOnStart();
        return services.AddSingleton<SessionStore>().AddSingleton<SignInService>().AddSingleton<OpenIdConnectProvider>().AddSingleton<ExternalUsers>();
    }

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v3/accounts/sign-in", SignInAsync).WithName("SignIn");
        routes.MapPost("/v3/accounts/sign-out", SignOutAsync).WithName("SignOut");
        routes.MapPost("/v3/accounts/password", ChangePasswordAsync).WithName("ChangePassword");
        routes.MapGet(Page, ShowPage).WithName("SignInPage");
        routes.MapPost(Page, SubmitPageAsync).WithName("SubmitSignInPage").DisableAntiforgery();
        routes.MapGet("/config.yaml", ConfigYaml.Show).WithName("Config");
        routes.MapOpenIdConnect();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, SignInService signIn, SessionStore sessions, CancellationToken cancellationToken)
    {
        // Another site's page must not sign its visitor in as somebody else.
        if (SameOrigin.IsForeign(context.Request)) return AuthErrors.ForeignOrigin;
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        var (email, password) = (body.RequiredText("email", 254), body.RequiredText("password", 200));
        if (body.Error is { } wrong) return wrong;
        var (user, error) = await FindAsync(context, email, password, signIn, sessions, cancellationToken);
        return user is null ? error ?? Wrong : TypedResults.Json(user.ToWire());
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, SessionStore sessions, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (SameOrigin.IsForeign(context.Request)) return AuthErrors.ForeignOrigin;
        SessionCookie.Clear(context);
        if (context.GetPrincipal() is { IsByCookie: true } principal)
        {
            await sessions.EndAsync(principal.Token.Id, cancellationToken);
            await visibility.SettleAsync(cancellationToken);
        }

        return TypedResults.NoContent();
    }

    /// <summary>A user's own: it takes the old one, so that an open browser is not enough. Every session ends but the one that begins with it.</summary>
    private static async Task<IResult> ChangePasswordAsync(
        HttpContext context, SignInService signIn, SessionStore sessions, UserStore users, Passwords.PasswordHashing passwords, ChangeVisibility visibility,
        CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (principal.Token.UserId is not { } id || !principal.IsByCookie || !SameOrigin.IsProven(context.Request)) return AuthErrors.ForeignOrigin;
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        var (current, next) = (body.RequiredText("current", 200), UserRules.ReadPassword(body, "new"));
        if (next is null) body.Fail("new is missing");
        if (body.Error is { } wrong) return wrong;
        var address = context.Connection.RemoteIpAddress;
        if (await users.FindAsync(id, cancellationToken) is not { } user || !signIn.TryBegin(address)) return TooMany;
        if (await signIn.FindAsync(user.Email, current, cancellationToken) is null) return Wrong;
        signIn.Forgive(address);
        // Said to be there above.
        var hash = await passwords.HashAsync(next!, cancellationToken);
        await users.UpdateAsync(id, now => (now with { PasswordHash = hash }, null), Auth.Administration.Actor.Of(principal, address?.ToString()), cancellationToken);
        await visibility.SettleAsync(cancellationToken);
        await BeginAsync(context, user, sessions, cancellationToken);
        return TypedResults.NoContent();
    }

    private static SignInPage ShowPage(HttpContext context, IOptions<OpenIdConnectOptions> provider) =>
        new SignInPage(ReturnPath.Of(context.Request.Query["returnTo"]), null, provider.Value.IsConfigured ? provider.Value.Name : null);

    private static async Task<IResult> SubmitPageAsync(
        HttpContext context, [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnTo,
        SignInService signIn, SessionStore sessions, IOptions<OpenIdConnectOptions> provider, CancellationToken cancellationToken)
    {
        // A form is the one thing that another site can send: here the proof must be there.
        if (!SameOrigin.IsProven(context.Request)) return AuthErrors.ForeignOrigin;
        var (user, error) = await FindAsync(context, email ?? "", password ?? "", signIn, sessions, cancellationToken);
        return user is null
            ? new SignInPage(ReturnPath.Of(returnTo), error ?? Wrong, provider.Value.IsConfigured ? provider.Value.Name : null)
            : ContinuePage.IsNeeded(ReturnPath.Of(returnTo)) ? new ContinuePage(ReturnPath.Of(returnTo)) : TypedResults.LocalRedirect(ReturnPath.Of(returnTo));
    }

    private static async Task<(StoredUser? User, ApiError? Error)> FindAsync(
        HttpContext context, string email, string password, SignInService signIn, SessionStore sessions, CancellationToken cancellationToken)
    {
        var address = context.Connection.RemoteIpAddress;
        if (!signIn.TryBegin(address)) return (null, TooMany);
        if (email.Length > 254 || password.Length is 0 or > 200 || email.Contains('\0', StringComparison.Ordinal)
            || await signIn.FindAsync(email, password, cancellationToken) is not { } user) return (null, Wrong);
        signIn.Forgive(address);
        await BeginAsync(context, user, sessions, cancellationToken);
        return (user, null);
    }

    /// <summary>A new session each time: one that was there before, and may be known to somebody, is not made into it.</summary>
    internal static async Task BeginAsync(HttpContext context, StoredUser user, SessionStore sessions, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is { IsByCookie: true } before) await sessions.EndAsync(before.Token.Id, cancellationToken);
        var (text, expires) = await sessions.BeginAsync(user.Id, user.AccountId, context.Connection.RemoteIpAddress?.ToString(), cancellationToken);
        SessionCookie.Set(context, text, expires);
        context.Response.Headers.CacheControl = "no-store";
    }
}
