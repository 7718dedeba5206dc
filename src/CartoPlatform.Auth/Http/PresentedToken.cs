using CartoPlatform.Auth.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.Auth.Http;

/// <summary>The token that a request carries (contract, section 1.5), before anything is known about it.</summary>
/// <param name="Text">Null without a token.</param>
/// <param name="IsMalformed">Something was presented that cannot be one token.</param>
internal readonly record struct PresentedToken(string? Text, bool IsMalformed = false)
{
    private const string Scheme = "Bearer";
    private const string QueryParameter = "access_token";

    private static readonly PresentedToken None = new(null);
    private static readonly PresentedToken Malformed = new(null, IsMalformed: true);

    /// <summary>The header counts before the query parameter.</summary>
    public static PresentedToken Of(HttpRequest request)
    {
        var header = FromHeader(request.Headers.Authorization);
        return header != None ? header : FromValues(request.Query[QueryParameter]);
    }

    private static PresentedToken FromHeader(StringValues values)
    {
        if (values.Count > 1) return Malformed;
        var value = values.ToString().AsSpan().Trim(' ');
        // Another scheme is not for us: a proxy in front may have its own sign-in.
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return None;
        var text = value[Scheme.Length..];
        if (text.IsEmpty) return None;
        return text[0] == ' ' ? FromText(text.TrimStart(' ').ToString()) : None;
    }

    private static PresentedToken FromValues(StringValues values) => values.Count > 1 ? Malformed : FromText(values.ToString());

    // deck.gl sends "undefined" where it means no token; a caller's "null" means the same.
    private static PresentedToken FromText(string text) => text switch
    {
        "" or "undefined" or "null" => None,
        { Length: > TokenVerifier.MaxLength } => Malformed,
        _ => new PresentedToken(text),
    };
}
