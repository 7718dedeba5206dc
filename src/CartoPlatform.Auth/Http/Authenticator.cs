using CartoPlatform.Auth.Attempts;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Http;

/// <summary>From a request to the principal behind it.</summary>
internal sealed class Authenticator(
    TokenVerifier verifier, AccessTokenVerifier accessTokens, IWorkspaceDirectory directory, FailedAuthentications failures, CallerSeal seal,
    TimeProvider time)
{
    public async ValueTask<Outcome> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var presented = PresentedToken.Of(request);
        if (presented.IsMalformed) return new Outcome(null, failures.Answer(request, AuthErrors.InvalidToken));
        if (presented.Text is null) return await FromCookieAsync(request, cancellationToken);

        if (await FindAsync(request, presented.Text, cancellationToken) is not { } principal) return new Outcome(null, failures.Answer(request, AuthErrors.InvalidToken));
        return RefererRule.Permits(principal.Token.Referers, request.Headers.Referer, request.Headers.Origin)
            ? new Outcome(principal, null)
            : new Outcome(null, AuthErrors.UnauthorizedReferer);
    }

    /// <summary>
    /// A user who is signed in (session mode of the client library). An old cookie is no error: browsers send it until it is replaced. One
    /// that was never ours is none either, but a guess: too many of them are refused.
    /// </summary>
    private async ValueTask<Outcome> FromCookieAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Cookies[SessionCookie.Name] is not { Length: > 0 } text) return new Outcome(null, null);
        if (text.Length > TokenVerifier.MaxLength || await FindAsync(request, text, cancellationToken) is not { Token.UserId: not null } session)
            return new Outcome(null, await verifier.IdentifyAsync(text) is null ? failures.Count(request) : null);
        return SameOrigin.IsForeign(request)
            ? new Outcome(null, AuthErrors.ForeignOrigin)
            : new Outcome(session with { IsByCookie = true }, null);
    }

    /// <summary>Of what a caller presents, the text that says who he is; null where he says nothing.</summary>
    public static string? TextOf(HttpRequest request) => PresentedToken.Of(request).Text ?? request.Cookies[SessionCookie.Name];

    private async ValueTask<Principal?> FindAsync(HttpRequest request, string text, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(text, cancellationToken);
        }
        catch (WorkspaceUnavailableException) when (seal.Open(request, text) is { } token && !(token.ExpiresAt <= time.GetUtcNow()))
        {
            return new Principal(token);
        }
    }

    private async ValueTask<Principal?> FindAsync(string text, CancellationToken cancellationToken)
    {
        var accessToken = await accessTokens.VerifyAsync(text, cancellationToken);
        if ((accessToken?.Claims ?? await verifier.VerifyAsync(text)) is not { } claims) return null;
        var token = await directory.FindTokenAsync(claims.Id, cancellationToken);
        if (token is null || token.AccountId != claims.AccountId || token.ExpiresAt <= time.GetUtcNow()) return null;
        return token.TextHash is { } hash && !TokenText.Is(text, hash) ? null : new Principal(token) { SignedWith = accessToken?.SignedWith };
    }

    /// <summary>Neither means that no token was presented.</summary>
    internal readonly record struct Outcome(Principal? Principal, ApiError? Error);
}
