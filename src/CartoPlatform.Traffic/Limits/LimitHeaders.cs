using System.Globalization;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Limits;

/// <summary>
/// How callers learn of their limits: the three headers that most services have, and the two of the IETF's draft (RateLimit header
/// fields for HTTP); with a refusal also Retry-After (RFC 9110, 10.2.3).
/// </summary>
public static class LimitHeaders
{
    private const string Limit = "RateLimit-Limit";
    private const string Remaining = "RateLimit-Remaining";
    private const string Reset = "RateLimit-Reset";
    private const string Policy = "RateLimit-Policy";
    private const string State = "RateLimit";

    public static IReadOnlyList<string> All { get; } = [Limit, Remaining, Reset, Policy, State];

    internal static void Write(IHeaderDictionary headers, in Verdict verdict)
    {
        if (verdict.Limit is not { } limit) return;
        var (remaining, reset) = (Number(verdict.Remaining), Seconds(verdict.Reset));
        headers[Limit] = limit.BurstText;
        headers[Remaining] = remaining;
        headers[Reset] = reset;
        headers[Policy] = limit.Policy;
        headers[State] = $"\"default\";r={remaining};t={reset}";
    }

    internal static Task RefuseAsync(HttpContext context, in Verdict verdict)
    {
        var seconds = Seconds(verdict.Wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : verdict.Wait);
        context.Response.Headers.RetryAfter = seconds;
        return ErrorWriter.WriteAsync(context, new ApiError(
            StatusCodes.Status429TooManyRequests, $"Too many requests: there may be {Number(verdict.Limit!.PerMinute)} a minute. Try again in {seconds} s"));
    }

    internal static Task RefuseAsync(HttpContext context, int status, string error, int retryAfterSeconds)
    {
        context.Response.Headers.RetryAfter = Number(retryAfterSeconds);
        return ErrorWriter.WriteAsync(context, new ApiError(status, error));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Number((int)Math.Min(int.MaxValue, Math.Ceiling(time.TotalSeconds)));
}
