using System.Net;
using System.Text;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.OAuth.Tokens;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>
/// Which client asks (RFC 6749, section 2.3): a machine proves it by its secret, in the header (Basic) or in the body, never in both; a
/// single-page application says its id, and a browser says from which page it comes.
/// </summary>
internal sealed class ClientAuthentication(ClientStore clients, FailedAuthentications failures)
{
    private const string Scheme = "Basic ";

    public async ValueTask<(OAuthClient? Client, ApiError? Error)> FindAsync(HttpRequest request, OAuthForm form, CancellationToken cancellationToken)
    {
        var (id, secret) = (form["client_id"], form["client_secret"]);
        var header = request.Headers.Authorization;
        if (header.Count > 1) return (null, OAuthError.Request("There is more than one Authorization header"));
        if (header.ToString() is { Length: > 0 } text && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            if (secret is not null) return (null, OAuthError.Request("The secret must be in the header or in the body, and not in both"));
            if (Decode(text[Scheme.Length..]) is not { } basic || (id is not null && id != basic.Id)) return Refuse(request);
            (id, secret) = basic;
        }

        if (id is null) return secret is null ? (null, OAuthError.Request("client_id is missing")) : Refuse(request);
        // Asked for as long as it could exist at all.
        var client = Guid.TryParseExact(id, "D", out var clientId) ? await clients.FindAsync(clientId, cancellationToken) : null;
        var isGenuine = client is { IsMachine: false } ? string.IsNullOrEmpty(secret) : ClientSecret.Is(secret ?? "", client?.SecretHash);
        if (client is null || !isGenuine) return Refuse(request);
        return client.IsMachine || request.Headers.Origin is not [{ Length: > 0 } origin] || client.IsFrom(origin)
            ? (client, null)
            : (null, OAuthError.Unauthorized($"{origin} is not among the origins of this client"));
    }

    private (OAuthClient? Client, ApiError? Error) Refuse(HttpRequest request)
    {
        request.HttpContext.Response.Headers.WWWAuthenticate = "Basic realm=\"oauth\", charset=\"UTF-8\"";
        return (null, failures.Answer(request, OAuthError.Client()));
    }

    // Both parts are form-encoded before they are put together (section 2.3.1).
    private static (string Id, string Secret)? Decode(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 ? null : (WebUtility.UrlDecode(pair[..colon]), WebUtility.UrlDecode(pair[(colon + 1)..]));
    }
}
