using CartoPlatform.Auth;
using CartoPlatform.Traffic.Activity;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Counts calls of the API against their caller's rate, and refuses with 429 what is over it, or over what he may use in a month.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, RateLimiter limiter, MonthlyQuotas quotas)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!CallLabel.IsApi(context.Request.Path)) return next(context);
        var token = context.GetPrincipal()?.Token;
        if (token is not null && limiter.IsSpent(token)) return quotas.RefuseAsync(context);
        var taking = limiter.TakeAsync(token, context.Connection.RemoteIpAddress, context.RequestAborted);
        return taking.IsCompletedSuccessfully ? GoOnAsync(context, taking.Result) : WaitAsync(context, taking);
    }

    private async Task WaitAsync(HttpContext context, ValueTask<Verdict> taking) => await GoOnAsync(context, await taking);

    private Task GoOnAsync(HttpContext context, in Verdict verdict)
    {
        LimitHeaders.Write(context.Response.Headers, verdict);
        return verdict.Kind == VerdictKind.Refused ? LimitHeaders.RefuseAsync(context, verdict) : next(context);
    }
}
