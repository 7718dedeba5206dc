using System.Text.Json.Serialization;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Requests;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>The limits of one token as callers write and read them. Who administers accounts sets them: they may go beyond those of all tokens.</summary>
internal sealed record TokenLimits(
    [property: JsonPropertyName("requests_per_minute")] int? RequestsPerMinute,
    int? Burst,
    [property: JsonPropertyName("concurrent_queries")] int? ConcurrentQueries,
    [property: JsonPropertyName("requests_per_month")] long? RequestsPerMonth,
    [property: JsonPropertyName("bytes_per_month")] long? BytesPerMonth)
{
    public const string Member = "limits";

    private const int MaxRate = 10_000_000;
    private const int MaxConcurrent = 100_000;

    public static TokenLimits? Of(CallerLimits? limits) => limits is null
        ? null
        : new(limits.RequestsPerMinute, limits.Burst, limits.ConcurrentQueries, limits.RequestsPerMonth, limits.BytesPerMonth);

    /// <summary>Null where nothing is limited; whether limits are spoken of at all, the body tells.</summary>
    public static CallerLimits? Read(JsonBody body)
    {
        if (body.Object(Member) is not { } part) return null;
        var limits = new CallerLimits
        {
            RequestsPerMinute = part.Number("requests_per_minute", 1, MaxRate),
            Burst = part.Number("burst", 1, MaxRate),
            ConcurrentQueries = part.Number("concurrent_queries", 1, MaxConcurrent),
            RequestsPerMonth = part.LongNumber("requests_per_month", 1, long.MaxValue),
            BytesPerMonth = part.LongNumber("bytes_per_month", 1, long.MaxValue),
        };
        if (limits is { Burst: not null, RequestsPerMinute: null }) part.Fail("burst needs requests_per_minute");
        part.RefuseOthers(Member);
        body.Adopt(part);
        return limits == new CallerLimits() ? null : limits;
    }

    /// <summary>The refusal of somebody who may make tokens, but not say how much they may.</summary>
    public static ApiError? Refuse(HttpContext context, TokenRequest request) =>
        request.MentionsLimits && AdministrationPolicy.Decide(context.GetPrincipal(), AdminArea.Accounts, AdminRight.Write) != AccessDecision.Allowed
            ? AuthErrors.NotAnAdministrator
            : null;
}
