using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace CartoPlatform.Forwarding;

/// <summary>
/// Asks another replica when a connection fails before the first byte of an answer, or a replica falls silent: any request that cannot
/// have arrived, and of those that may have, the ones that change nothing. (YARP does not do it by itself.)
/// </summary>
internal static class Repetition
{
    private const int MaxAttempts = 3;

    // Larger ones are not kept for a second attempt.
    private const long MaxBodyBytes = 1_048_576;

    private static readonly object Repeatable = new();

    /// <summary>Of a request on its way: whether it changes nothing, so that another replica may be asked after one that fell silent.</summary>
    public static bool MayAskAgain(HttpContext context) => context.Items.ContainsKey(Repeatable);

    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        if (proxy.AllDestinations.Count < 2)
        {
            await next(context);
            return;
        }

        var isRepeatable = IsRepeatable(context.Request);
        if (isRepeatable) context.Items[Repeatable] = Repeatable;
        var available = proxy.AvailableDestinations;
        var before = context.Response.Headers.ToList();
        var tried = new HashSet<DestinationState>();
        for (var attempt = 1; ; attempt++)
        {
            await next(context);
            if (proxy.ProxiedDestination is { } destination) tried.Add(destination);
            if (attempt == MaxAttempts || !CanRepeat(context, isRepeatable) || Others(proxy, available, tried) is not { Count: > 0 } others) return;

            proxy.AvailableDestinations = others;
            Reset(context, before);
        }
    }

    /// <summary>Reads, in the API's terms too: maps and models are asked by POST where their parameters are long.</summary>
    private static bool IsRepeatable(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return true;
        if (!HttpMethods.IsPost(request.Method) || request.ContentLength is not <= MaxBodyBytes || !IsReading(request.Path)) return false;
        request.EnableBuffering();
        return true;
    }

    private static bool IsReading(PathString path) =>
        path.StartsWithSegments("/v3/maps") || path.StartsWithSegments("/v3/stats")
        || (path.StartsWithSegments("/v3/sql", out var rest) && (rest.Value ?? "").Split('/') is [_, _, "model", ..]);

    private static bool CanRepeat(HttpContext context, bool isRepeatable) =>
        !context.Response.HasStarted
        && !context.RequestAborted.IsCancellationRequested
        && (Abandonment.Has(context)
            || (context.Features.Get<IForwarderErrorFeature>() is { Error: ForwarderError.Request } failure && (isRepeatable || HasNotArrived(failure.Exception))));

    private static bool HasNotArrived(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };

    /// <summary>Those that are thought healthy, or else any that was not asked yet: a probe is a second old.</summary>
    private static List<DestinationState> Others(IReverseProxyFeature proxy, IReadOnlyList<DestinationState> available, HashSet<DestinationState> tried)
    {
        var others = available.Where(destination => !tried.Contains(destination)).ToList();
        return others.Count > 0 ? others : [.. proxy.AllDestinations.Where(destination => !tried.Contains(destination))];
    }

    private static void Reset(HttpContext context, List<KeyValuePair<string, StringValues>> headers)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.Headers.Clear();
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        if (context.Request.Body.CanSeek) context.Request.Body.Position = 0;
    }
}
