using CartoPlatform.Auth.Tokens;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Auth.Attempts;

/// <summary>
/// Counts tokens and session cookies that are none, and client secrets that are wrong, by the network they came from: whoever guesses is told to stop. A good
/// token from the same network passes all the same, so that nobody is locked out by his neighbours.
/// </summary>
public sealed class FailedAuthentications(IOptions<TokensOptions> options, TimeProvider time)
{
    private const string What = "token";

    private readonly AttemptLimiter? _attempts = options.Value.MaxFailuresPerMinute is > 0 and var most ? new AttemptLimiter(time, most) : null;

    /// <summary>Counts the failure of this request, and says how to answer it.</summary>
    /// <param name="request">What failed.</param>
    /// <param name="refusal">The answer while there are not too many.</param>
    public ApiError Answer(HttpRequest request, ApiError refusal) => Count(request) ?? refusal;

    /// <summary>Counts it; the answer where there are too many.</summary>
    public ApiError? Count(HttpRequest request) =>
        _attempts?.TryBegin(AttemptLimiter.KeyOf(What, request.HttpContext.Connection.RemoteIpAddress)) == false ? AuthErrors.TooManyFailures : null;
}
