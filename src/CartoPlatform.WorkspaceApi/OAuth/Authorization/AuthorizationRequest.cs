using System.Globalization;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using Microsoft.AspNetCore.WebUtilities;

namespace CartoPlatform.WorkspaceApi.OAuth.Authorization;

/// <summary>What an application asks of its user's browser (RFC 6749, section 4.1.1; RFC 7636), when client and redirect URI are known to belong together.</summary>
internal sealed record AuthorizationRequest
{
    private const int MaxTextLength = 2_000;

    // SHA-256 in base64url (RFC 7636, section 4.2).
    private const int ChallengeLength = 43;

    public required OAuthClient Client { get; init; }

    public required string RedirectUri { get; init; }

    public string? State { get; init; }

    public string? Nonce { get; init; }

    public string Challenge { get; private init; } = "";

    /// <summary>Those asked for that the client may have: others are left out, as OpenID Connect wants it, and the answer says what is left.</summary>
    public IReadOnlyList<string> Scopes { get; private init; } = [];

    public bool MustBeSilent { get; private init; }

    public bool MustSignIn { get; private init; }

    /// <summary>Age of a sign-in up to which it will do.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>The rest of the request; or the error, and words for it, to send back to the application.</summary>
    public (AuthorizationRequest? Request, string? Error, string? Description) Read(IQueryCollection query)
    {
        if (query.FirstOrDefault(parameter => parameter.Value.Count > 1) is { Key: not null } twice) return Refuse(OAuthError.InvalidRequest, $"{twice.Key} is there more than once");
        if (query.ContainsKey("request")) return Refuse("request_not_supported", "Requests are not taken as an object");
        if (query.ContainsKey("request_uri")) return Refuse("request_uri_not_supported", "Requests are not fetched");
        if (query["response_type"].ToString() is not "code")
            return query.ContainsKey("response_type") ? Refuse("unsupported_response_type", "response_type must be code") : Refuse(OAuthError.InvalidRequest, "response_type is missing");
        if (query["response_mode"].ToString() is not ("" or "query")) return Refuse(OAuthError.InvalidRequest, "response_mode must be query");
        if (query["code_challenge_method"].ToString() is not "S256") return Refuse(OAuthError.InvalidRequest, "code_challenge_method must be S256");
        if (query["code_challenge"].ToString() is not { Length: ChallengeLength } challenge || !challenge.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            return Refuse(OAuthError.InvalidRequest, "code_challenge must be the SHA-256 of the verifier in base64url");
        var nonce = query["nonce"].ToString();
        if (nonce.Length > MaxTextLength || nonce.Contains('\0', StringComparison.Ordinal)) return Refuse(OAuthError.InvalidRequest, $"nonce is longer than {MaxTextLength} characters");
        var prompts = OAuthScopes.Split(query["prompt"].ToString());
        if (prompts.Contains("none") && prompts.Count > 1) return Refuse(OAuthError.InvalidRequest, "prompt=none goes with no other");
        if (!TryReadAge(query["max_age"].ToString(), out var maxAge)) return Refuse(OAuthError.InvalidRequest, "max_age must be a number of seconds");

        var asked = OAuthScopes.Split(query["scope"].ToString());
        return (this with
        {
            Nonce = nonce.Length == 0 ? null : nonce,
            Challenge = challenge,
            Scopes = asked.Count == 0 ? Client.Scopes : [.. asked.Where(Client.Scopes.Contains)],
            MustBeSilent = prompts.Contains("none"),
            MustSignIn = prompts.Contains("login"),
            MaxAge = maxAge,
        }, null, null);
    }

    /// <summary>The way back with an answer, which says whose it is (RFC 9207).</summary>
    public string Answer(string issuer, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var answer = new Dictionary<string, string?>();
        foreach (var (name, value) in parameters) answer[name] = value;
        answer["state"] = State;
        answer["iss"] = issuer;
        return QueryHelpers.AddQueryString(RedirectUri, answer.Where(parameter => parameter.Value is not null));
    }

    private static bool TryReadAge(string text, out TimeSpan? age)
    {
        age = null;
        if (text.Length == 0) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        age = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static (AuthorizationRequest?, string?, string?) Refuse(string error, string description) => (null, error, description);
}
