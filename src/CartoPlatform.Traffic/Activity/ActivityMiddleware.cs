using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.Contracts.Activity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.Traffic.Activity;

/// <summary>Takes down each call of the API when it has ended, whatever its end was.</summary>
internal sealed class ActivityMiddleware(RequestDelegate next, CallLog log, TimeProvider time)
{
    // nginx's word for a caller who has left.
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!CallLabel.IsApi(context.Request.Path))
        {
            await next(context);
            return;
        }

        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        var plain = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var counted = new CountedBody(plain);
        context.Features.Set<IHttpResponseBodyFeature>(counted);
        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(plain);
            log.Add(new Call(
                at, context.GetPrincipal()?.Token, CallLabel.Of(context), StatusOf(context), context.Response.Headers["X-Cache"], time.GetElapsedTime(started), RowsOf(context), counted.Bytes));
        }
    }

    private static int StatusOf(HttpContext context) =>
        context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted ? ClientClosedRequest : context.Response.StatusCode;

    private static long? RowsOf(HttpContext context)
    {
        if (context.Features.Get<AnsweredRows>() is { } rows) return rows.Count;
        return long.TryParse(context.Response.Headers[AnsweredRows.Header].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
    }
}
