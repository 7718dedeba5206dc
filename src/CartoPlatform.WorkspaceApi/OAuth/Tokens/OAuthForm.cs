using System.Collections.Frozen;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>
/// The parameters of a request to the token or revocation endpoint: a form as RFC 6749 has it, or a JSON object, as some client libraries
/// send. A parameter without a value counts as left out, and none may come twice (section 3.2).
/// </summary>
internal sealed class OAuthForm
{
    public const int MaxBytes = 64 * 1024;

    private const int MaxLength = 16 * 1024;

    private static readonly string[] Names =
        ["grant_type", "client_id", "client_secret", "scope", "audience", "code", "code_verifier", "redirect_uri", "refresh_token", "token", "token_type_hint"];

    private readonly FrozenDictionary<string, string> _values;

    private OAuthForm(IEnumerable<KeyValuePair<string, string>> values) => _values = values.Where(value => value.Value.Length > 0).ToFrozenDictionary();

    public string? this[string name] => _values.GetValueOrDefault(name);

    public static async ValueTask<(OAuthForm? Form, ApiError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.HasJsonContentType()) return await ReadJsonAsync(request, cancellationToken);
        // Not "multipart/form-data", which the framework takes for a form too.
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true) return (null, OAuthError.Request("The body must be of the type application/x-www-form-urlencoded"));
        try
        {
            var form = await request.ReadFormAsync(cancellationToken);
            if (form.FirstOrDefault(field => field.Value.Count > 1) is { Key: not null } twice) return (null, OAuthError.Request($"{twice.Key} is there more than once"));
            if (form.FirstOrDefault(field => field.Value.ToString() is var text && (text.Length > MaxLength || text.Contains('\0', StringComparison.Ordinal))) is { Key: not null } bad)
                return (null, OAuthError.Request($"{bad.Key} is too long, or holds a NUL character"));
            return (new OAuthForm(form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString()))), null);
        }
        catch (InvalidDataException)
        {
            return (null, OAuthError.Request("The body is no form, or one with too many fields"));
        }
    }

    private static async ValueTask<(OAuthForm? Form, ApiError? Error)> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (body, error) = await JsonBody.ReadAsync(request, cancellationToken);
        if (body is null) return (null, OAuthError.Request(error?.Error ?? "The body is empty"));
        var values = Names.Select(name => KeyValuePair.Create(name, body.Text(name, MaxLength) ?? "")).ToList();
        return body.Error is { } wrong ? (null, OAuthError.Request(wrong.Error)) : (new OAuthForm(values), null);
    }
}
