using CartoPlatform.Auth.Tokens;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Http;

/// <summary>From a request to the principal behind it.</summary>
internal sealed class Authenticator(TokenVerifier verifier, IWorkspaceDirectory directory, TimeProvider time)
{
    public async ValueTask<Outcome> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var presented = PresentedToken.Of(request);
        if (presented.IsMalformed) return new Outcome(null, AuthErrors.InvalidToken);
        if (presented.Text is null) return new Outcome(null, null);

        if (await verifier.VerifyAsync(presented.Text) is not { } claims) return new Outcome(null, AuthErrors.InvalidToken);
        var token = await directory.FindTokenAsync(claims.Id, cancellationToken);
        if (token is null || token.AccountId != claims.AccountId || token.ExpiresAt <= time.GetUtcNow())
            return new Outcome(null, AuthErrors.InvalidToken);
        if (token.TextHash is { } hash && !TokenText.Is(presented.Text, hash)) return new Outcome(null, AuthErrors.InvalidToken);
        return RefererRule.Permits(token.Referers, request.Headers.Referer)
            ? new Outcome(new Principal(token), null)
            : new Outcome(null, AuthErrors.UnauthorizedReferer);
    }

    /// <summary>Neither means that no token was presented.</summary>
    internal readonly record struct Outcome(Principal? Principal, ApiError? Error);
}
