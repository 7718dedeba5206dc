using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Store;
using CartoPlatform.Traffic.Activity;
using CartoPlatform.Traffic.Limits;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Front;

/// <summary>
/// Answers a request that came the same way before, in front of routing and authentication. Nothing is decided here that was not decided
/// in full before: the token and the connection must still be the very records of that decision, the entry in the store, its data known
/// to be unchanged; and its caller's rate must allow it. Everything else goes the whole way.
/// </summary>
internal sealed class HttpCacheFront(
    RequestDelegate next, FrontTable table, EntryJudge judge, IWorkspaceDirectory directory, IOptions<HttpCacheOptions> options, TimeProvider time,
    RateLimiter? limiter = null, CallLog? log = null)
{
    public Task InvokeAsync(HttpContext context)
    {
        var started = log is null ? 0 : time.GetTimestamp();
        if (!options.Value.Enabled || FrontKey.Of(context) is not { } key || table.Find(key) is not { } hit || !IsValid(hit)) return next(context);
        if (!hit.Suits(context.Request) || limiter?.TryAdmit(context, hit.Token) == false) return next(context);
        var writing = hit.WriteAsync(context, (long)judge.AgeOf(hit.Entry).TotalSeconds);
        MemoryStore.Touch(hit.Entry);
        CacheTelemetry.CountHit(hit.Entry);
        var response = context.Response;
        log?.Add(hit.Token, hit.Label, response.StatusCode, CacheOutcome.Hit, time.GetElapsedTime(started), hit.Rows, response.ContentLength ?? 0);
        return writing;
    }

    private bool IsValid(FrontHit hit)
    {
        var entry = hit.Entry;
        if (entry.IsGone || judge.AgeOf(entry).TotalSeconds >= entry.Declaration.LifetimeSeconds || !judge.IsCertain(entry)) return false;
        if (hit.Token.ExpiresAt <= time.GetUtcNow()) return false;
        var token = directory.FindTokenAsync(hit.Token.Id, CancellationToken.None);
        if (!token.IsCompletedSuccessfully) return Abandon(token);
        if (!ReferenceEquals(token.Result, hit.Token)) return false;
        var connection = directory.FindConnectionAsync(hit.Connection.Name, CancellationToken.None);
        if (!connection.IsCompletedSuccessfully) return Abandon(connection);
        return ReferenceEquals(connection.Result, hit.Connection);
    }

    // It goes on, and the whole pipeline asks the same question once more.
    private static bool Abandon<T>(ValueTask<T> question)
    {
        _ = question.AsTask().ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return false;
    }
}
