using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Flights;
using CartoPlatform.HttpCache.Front;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Purging;
using CartoPlatform.HttpCache.Requests;
using CartoPlatform.HttpCache.Sharing;
using CartoPlatform.HttpCache.Store;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Traffic.Activity;
using CartoPlatform.Traffic.Limits;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache;

/// <summary>
/// Answers from memory what may be, and asks the origin (the rest of the pipeline) once for what several callers want at a time. What
/// an answer needs of its caller, and how long it holds, the origin has declared; here it is only enforced.
/// </summary>
internal sealed class HttpCacheMiddleware(
    RequestDelegate next, RequestKeys keys, MemoryStore store, SharedStore shared, SharedTurns turns, Purges purges, OriginGates gates, WriteMarks marks, WriteNews news, EntryJudge judge,
    EntryResponse responses, AnswerCounts counts, FlightBoard board, FrontTable table, IWorkspaceDirectory directory, IOptions<HttpCacheOptions> options, TimeProvider time,
    QueryTurns? queries = null)
{
    // The second flight began after the request came in, so that whatever it brings will do.
    private const int MaxFlights = 2;

    private static readonly ApiError NotCached = new(StatusCodes.Status504GatewayTimeout, "There is no stored answer, and the request asks for nothing else (only-if-cached)");

    private readonly OriginFlight _origin = new(next, store, shared, turns, purges, gates, queries, marks, judge, responses, time, options.Value.MaxObjectBytes, options.Value.StaleAfter);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!CacheTarget.IsApi(context.Request.Path))
        {
            await next(context);
            return;
        }

        var outcome = new CacheOutcome { IsInner = options.Value.IsInner };
        // The cache in front has seen a write: what it asks for must have it.
        if (outcome.IsInner && context.Request.Headers[CacheDeclaration.ChangedHeader] is [{ } changedBefore]) marks.Note(changedBefore);
        outcome.AttachTo(context.Response, news);
        if (options.Value.Enabled && await ReadAsync(context, outcome) is { } asked) await AnswerAsync(context, asked, outcome);
        else await PassOnAsync(context);
        // An answer that was longer than what is held back may have changed data after its first byte.
        if (outcome.Changed is { } changed) await news.TellAsync(changed);
        counts.Add(outcome);
    }

    private async Task PassOnAsync(HttpContext context)
    {
        // Whoever keeps something of the data further back must know of a write through this process.
        var connection = CacheTarget.ConnectionOf(context.Request.Path);
        if (marks.AgeOf(connection) is { } milliseconds) context.Request.Headers[CacheDeclaration.ChangedHeader] = $"{connection};{milliseconds}";
        else context.Request.Headers.Remove(CacheDeclaration.ChangedHeader);
        var turn = queries is null ? QueryTurn.Free : await queries.EnterAsync(context, context.GetPrincipal()?.Token, context.RequestAborted);
        await using (turn)
        {
            if (!turn.IsRefused) await next(context);
        }
    }

    /// <returns>Null for what the cache has nothing to do with.</returns>
    private async ValueTask<AskedAnswer?> ReadAsync(HttpContext context, CacheOutcome outcome)
    {
        var request = context.Request;
        if (context.GetPrincipal() is not { } principal || !CacheTarget.IsCacheable(request)) return null;
        var directives = RequestDirectives.Read(request.Headers.CacheControl, request.Headers.Pragma, options.Value.MinimumMaxAge);
        if (directives.Bypass) return null;
        var arrivedAt = time.GetTimestamp();
        if (await keys.FindAsync(request, principal.Token.Login, context.RequestAborted) is not { } key) return null;
        context.Features.Set(new AskedKey(key.ToString()));
        outcome.Zoom = CacheTarget.ZoomOf(request.Path);

        outcome.Explains = principal.Token.IsOwner && request.Headers.ContainsKey("X-Cache-Debug");
        if (outcome.Explains) outcome.Key = key.ToString();
        var isStamped = long.TryParse(request.Query["cache"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var stamp);
        return new AskedAnswer(key, principal, directives, isStamped ? stamp : null, HttpMethods.IsHead(request.Method), arrivedAt);
    }

    private async Task AnswerAsync(HttpContext context, AskedAnswer asked, CacheOutcome outcome)
    {
        var entry = store.Find(asked.Key);
        if (entry is not null && !EntryRights.Permit(entry.Declaration, asked.Principal))
        {
            // The origin tells why not, as if there were none: what others have asked for is not his to learn.
            if (!asked.Directives.OnlyIfCached) outcome.Status = CacheOutcome.Miss;
            await (asked.Directives.OnlyIfCached ? ErrorWriter.WriteAsync(context, NotCached) : next(context));
            return;
        }

        if (entry is not null && asked.Fits(entry) && await judge.IsUsableAsync(entry, asked.Directives, asked.ArrivedAt, context.RequestAborted))
        {
            if (await TakeNoteAsync(context, asked, entry) is (var key, var hit))
            {
                hit.LearnFrom(context.Response);
                table.Keep(key, hit);
            }

            await WriteAsync(context, asked, entry, outcome, CacheOutcome.Hit);
            return;
        }

        if (!asked.Directives.OnlyIfCached) await FlyAsync(context, asked, entry, outcome);
        else if (await _origin.FindSharedAsync(asked, context.RequestAborted) is (var shared and not null, true))
        {
            store.Keep(shared);
            await WriteAsync(context, asked, shared, outcome, CacheOutcome.Hit);
        }
        else
        {
            await ErrorWriter.WriteAsync(context, NotCached);
        }
    }

    private async Task FlyAsync(HttpContext context, AskedAnswer asked, CacheEntry? old, CacheOutcome outcome)
    {
        for (var attempt = 0; attempt < MaxFlights; attempt++)
        {
            var (flight, isLeader) = board.Board(asked.Key, attempt == 0 ? Math.Max(asked.EarliestFlight(time), marks.LastOfAll) : asked.ArrivedAt);
            if (isLeader)
            {
                await LeadAsync(context, asked, old, flight, outcome);
                return;
            }

            if (old is not null && asked.Fits(old) && await judge.IsOnlyOldAsync(old, asked.Directives, asked.ArrivedAt, context.RequestAborted))
            {
                flight.Leave();
                await WriteAsync(context, asked, old, outcome, CacheOutcome.Stale);
                return;
            }

            var shared = await RideAsync(flight, context.RequestAborted);
            if (shared is null && flight.IsStale && old is not null && judge.IsInGrace(old))
            {
                await WriteAsync(context, asked, old, outcome, CacheOutcome.Stale);
                return;
            }

            if (shared is null || !EntryRights.Permit(shared.Declaration, asked.Principal)) break;
            var isOwn = flight.StartedAt >= asked.ArrivedAt && !shared.Declaration.IsAsHeard;
            if (!isOwn && !(asked.Fits(shared) && await IsRecentAsync(flight, shared, asked, context.RequestAborted))) continue;
            if (isOwn && asked.Stamp is { } stamp) shared.AddOlderStamps([stamp]);
            await WriteAsync(context, asked, shared, outcome, CacheOutcome.Coalesced);
            return;
        }

        await LeadAsync(context, asked, old, new Flight(time.GetTimestamp()), outcome);
    }

    private async Task LeadAsync(HttpContext context, AskedAnswer asked, CacheEntry? old, Flight flight, CacheOutcome outcome)
    {
        try
        {
            await _origin.FlyAsync(context, asked, old, flight, outcome);
        }
        finally
        {
            flight.Land(null);
            board.Remove(asked.Key, flight);
            CacheTelemetry.CountFlight(time.GetElapsedTime(flight.StartedAt), flight.Cancelled.IsCancellationRequested ? FlightResult.Cancelled : flight.Result);
            flight.Dispose();
        }
    }

    private static async Task<CacheEntry?> RideAsync(Flight flight, CancellationToken cancellationToken)
    {
        try
        {
            return await flight.Landing.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            flight.Leave();
            throw;
        }
    }

    // What a flight brings is no older than the flight.
    private ValueTask<bool> IsRecentAsync(Flight flight, CacheEntry entry, AskedAnswer asked, CancellationToken cancellationToken) =>
        entry.Declaration.Incarnation is null && time.GetElapsedTime(flight.StartedAt, asked.ArrivedAt) <= options.Value.Silence
            ? new(true)
            : judge.IsUpToDateAsync(entry, asked.ArrivedAt, cancellationToken);

    // How the next request that comes the same way is answered; null for one that needs the whole pipeline.
    private async ValueTask<(FrontKey Key, FrontHit Hit)?> TakeNoteAsync(HttpContext context, AskedAnswer asked, CacheEntry entry)
    {
        // What a named source stands for may change at any time.
        if (entry.HasClientMark || entry.Declaration.NamedSourceId is not null || EntryResponse.IsAlwaysWhole(entry) || FrontKey.Of(context.Features.GetRequiredFeature<IHttpRequestFeature>()) is not { } key) return null;
        if (await directory.FindConnectionAsync(entry.Declaration.Connection, context.RequestAborted) is not { } connection) return null;
        var variant = entry.VariantFor(context.Request.Headers.AcceptEncoding, "");
        var slot = AnswerCounts.SlotOf(entry, CacheTarget.ZoomOf(context.Request.Path));
        return (key, new FrontHit(entry, asked.Principal, connection, variant, EntryResponse.CacheControl(entry, asked.Stamp), CallLabel.Of(context), slot));
    }

    private Task WriteAsync(HttpContext context, AskedAnswer asked, CacheEntry entry, CacheOutcome outcome, string status)
    {
        (outcome.Status, outcome.Entry) = (status, entry);
        return responses.WriteAsync(context, entry, asked.Stamp, asked.IsHead, withAge: true);
    }
}
