using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Store;
using CartoPlatform.ServiceDefaults.Early;
using CartoPlatform.Traffic.Activity;
using CartoPlatform.Traffic.Limits;
using CartoPlatform.WorkspaceClient.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Front;

/// <summary>
/// Answers to requests that came the same way before. Nothing is decided here that was not decided in full before: the token and the
/// connection must still be the very records of that decision, the key that signed the token published, the entry in the store, its data
/// known to be unchanged; and its caller's rate must allow it. Everything else goes the whole way.
/// </summary>
internal sealed class FrontAnswers(
    FrontTable table, EntryJudge judge, AnswerCounts counts, CachedWorkspaceDirectory directory, IOptions<HttpCacheOptions> options, TimeProvider time,
    RateLimiter? limiter = null, CallLog? log = null) : IEarlyAnswers
{
    // The directory asks for its records again every few seconds, when somebody wants them.
    private static readonly TimeSpan ConfirmedFor = TimeSpan.FromMilliseconds(20);

    private readonly bool _isEnabled = options.Value.Enabled;

    /// <summary>Before the pipeline, where it is known which headers the pipeline gives this answer.</summary>
    public Task? TryAnswer(IFeatureCollection features)
    {
        var request = features.GetRequiredFeature<IHttpRequestFeature>();
        return Find(request) is { Around: not null } hit ? TryAnswer(request, features, hit) : null;
    }

    /// <summary>In the pipeline.</summary>
    public Task? TryAnswer(HttpContext context)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        return Find(request) is { } hit ? TryAnswer(request, context.Features, hit) : null;
    }

    private FrontHit? Find(IHttpRequestFeature request) => _isEnabled && FrontKey.Of(request) is { } key ? table.Find(key) : null;

    private Task? TryAnswer(IHttpRequestFeature request, IFeatureCollection features, FrontHit hit)
    {
        var now = time.GetTimestamp();
        var age = time.GetElapsedTime(hit.Entry.BornAt, now).TotalSeconds;
        if (!IsValid(hit, age, now) || !hit.Suits(request) || limiter?.TryAdmit(features, hit.Token) == false) return null;
        var (writing, status, bytes) = hit.WriteAsync(request, features, (long)age);
        MemoryStore.Touch(hit.Entry);
        counts.Hit(hit.Slot, age, bytes);
        log?.Add(hit.Token, hit.Label, status, CacheOutcome.Hit, time.GetElapsedTime(now), hit.Rows, bytes);
        return writing;
    }

    private bool IsValid(FrontHit hit, double ageSeconds, long now) =>
        !hit.Entry.IsGone && ageSeconds < hit.Entry.Declaration.LifetimeSeconds && judge.IsCertain(hit.Entry, now) && IsPermitted(hit, now);

    private bool IsPermitted(FrontHit hit, long now)
    {
        var changes = directory.Changes;
        var (at, before) = hit.Confirmed;
        if (changes == before && time.GetElapsedTime(at, now) < ConfirmedFor) return true;

        if (hit.Token.ExpiresAt <= time.GetUtcNow()) return false;
        var token = directory.FindTokenAsync(hit.Token.Id, CancellationToken.None);
        if (!token.IsCompletedSuccessfully) return Abandon(token);
        if (!ReferenceEquals(token.Result, hit.Token)) return false;
        var connection = directory.FindConnectionAsync(hit.Connection.Name, CancellationToken.None);
        if (!connection.IsCompletedSuccessfully) return Abandon(connection);
        if (!ReferenceEquals(connection.Result, hit.Connection)) return false;
        if (hit.Caller.SignedWith is { } key)
        {
            var keys = directory.FindSigningKeysAsync(CancellationToken.None);
            if (!keys.IsCompletedSuccessfully) return Abandon(keys);
            if (keys.Result?.Keys.Contains(key) != true) return false;
        }

        hit.Confirm(now, changes);
        return true;
    }

    // It goes on, and the whole pipeline asks the same question once more.
    private static bool Abandon<T>(ValueTask<T> question)
    {
        _ = question.AsTask().ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return false;
    }
}
