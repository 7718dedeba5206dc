using System.Security.Cryptography;
using System.Text;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Authorization;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>From a code, or a refresh token, to tokens. Both are good once: who comes second ends what the first has got.</summary>
internal sealed class CodeExchange(
    MetadataDatabase database, AccessTokenIssuer accessTokens, IdTokens idTokens, ChangeVisibility visibility, TimeProvider time)
{
    private static readonly ApiError NoCode = OAuthError.Grant("The code is unknown, used, expired, or of another client, redirect URI or verifier");
    private static readonly ApiError NoRefreshToken = OAuthError.Grant("The refresh token is unknown, used, expired, or of another client");

    public ValueTask<(IssuedToken? Token, ApiError? Error)> RedeemAsync(OAuthClient client, OAuthForm form, string issuer, CancellationToken cancellationToken)
    {
        if (form["code"] is not { } text) return Missing("code");
        if (form["redirect_uri"] is not { } redirectUri) return Missing("redirect_uri");
        if (form["code_verifier"] is not { } verifier) return Missing("code_verifier");
        return ChangeAsync(
            async connection =>
            {
                if (await CodeStore.FindForUseAsync(connection, text, cancellationToken) is not { } code || code.ClientId != client.Id) return (null, NoCode, false);
                if (code.IsUsed) return (null, NoCode, await AuthorizationStore.EndAsync(connection, code.AuthorizationId, cancellationToken) > 0);
                // A wrong verifier uses it up too: it is somebody else who has got hold of it.
                await CodeStore.MarkUsedAsync(connection, code, time.GetUtcNow(), cancellationToken);
                var now = time.GetUtcNow();
                if (code.ExpiresAt <= now || code.SessionEnds <= now || !code.IsActive || code.RedirectUri != redirectUri || !Fits(verifier, code.Challenge))
                    return (null, NoCode, false);
                await AuthorizationStore.AddAsync(connection, code, now, cancellationToken);
                var user = new TokenUser(code.UserId, code.AuthorizationId, code.SessionEnds);
                var issued = await accessTokens.IssueAsync(connection, client, user, code.Scopes, issuer, cancellationToken);
                return (issued with
                {
                    RefreshToken = await AuthorizationStore.AddRefreshTokenAsync(connection, code.AuthorizationId, now, cancellationToken),
                    IdToken = code.Scopes.Contains(OAuthScopes.OpenId) ? await idTokens.IssueAsync(code, issuer, cancellationToken) : null,
                }, null, false);
            },
            cancellationToken);
    }

    public ValueTask<(IssuedToken? Token, ApiError? Error)> RefreshAsync(OAuthClient client, OAuthForm form, string issuer, CancellationToken cancellationToken)
    {
        if (form["refresh_token"] is not { } text) return Missing("refresh_token");
        var asked = OAuthScopes.Split(form["scope"]);
        return ChangeAsync(
            async connection =>
            {
                if (await AuthorizationStore.FindForUseAsync(connection, text, cancellationToken) is not { } token || token.ClientId != client.Id) return (null, NoRefreshToken, false);
                if (token.IsUsed) return (null, NoRefreshToken, await AuthorizationStore.EndAsync(connection, token.AuthorizationId, cancellationToken) > 0);
                if (asked.FirstOrDefault(scope => !token.Scopes.Contains(scope)) is { } beyond) return (null, OAuthError.Scope(beyond), false);
                var now = time.GetUtcNow();
                if (token.SessionEnds <= now || !token.IsActive) return (null, NoRefreshToken, false);
                await AuthorizationStore.MarkUsedAsync(connection, token, now, cancellationToken);
                var user = new TokenUser(token.UserId, token.AuthorizationId, token.SessionEnds);
                var issued = await accessTokens.IssueAsync(connection, client, user, asked.Count == 0 ? token.Scopes : asked, issuer, cancellationToken);
                return (issued with { RefreshToken = await AuthorizationStore.AddRefreshTokenAsync(connection, token.AuthorizationId, now, cancellationToken) }, null, false);
            },
            cancellationToken);
    }

    /// <summary>What is refused is committed too: it may have ended something, which the answer waits for.</summary>
    private async ValueTask<(IssuedToken? Token, ApiError? Error)> ChangeAsync(
        Func<NpgsqlConnection, Task<(IssuedToken? Token, ApiError? Error, bool HasEnded)>> change, CancellationToken cancellationToken)
    {
        var (token, error, hasEnded) = await database.ChangeAsync(change, cancellationToken);
        if (hasEnded) await visibility.SettleAsync(cancellationToken);
        return (token, error);
    }

    private static ValueTask<(IssuedToken?, ApiError?)> Missing(string name) => new((null, OAuthError.Request($"{name} is missing")));

    // RFC 7636, section 4.6.
    private static bool Fits(string verifier, string challenge) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(challenge));
}
