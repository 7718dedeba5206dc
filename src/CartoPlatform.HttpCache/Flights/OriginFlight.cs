using System.Globalization;
using System.Text.Json;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Purging;
using CartoPlatform.HttpCache.Sharing;
using CartoPlatform.HttpCache.Store;
using CartoPlatform.Traffic.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.HttpCache.Flights;

/// <summary>Asks the origin on behalf of all who wait, keeps what may be kept, and answers the caller whose request it was.</summary>
internal sealed class OriginFlight(
    RequestDelegate origin, MemoryStore store, SharedStore shared, SharedTurns turns, Purges purges, OriginGates gates, QueryTurns? queries, WriteMarks marks, EntryJudge judge,
    EntryResponse responses,
    TimeProvider time, int maxObjectBytes, TimeSpan staleAfter)
{
    // Of one caller, not of the answer: all who wait share it.
    private static readonly string[] CallersOwn = ["Accept-Encoding", "If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"];

    // What belongs to an answer beside its body; all other headers are made for each response.
    private static readonly string[] Kept = ["Content-Disposition", AnsweredRows.Header, .. TileHeaders.All];

    public async Task FlyAsync(HttpContext context, AskedAnswer asked, CacheEntry? old, Flight flight, CacheOutcome outcome)
    {
        outcome.Status = CacheOutcome.Miss;
        await using var leaving = context.RequestAborted.Register(flight.Leave);
        var turn = default(SharedTurn);
        if (shared.IsConfigured && asked.Directives.MaxAge != TimeSpan.Zero)
        {
            var (kept, isAcceptable) = await FindSharedAsync(asked, flight.Cancelled);
            if (kept is not null && isAcceptable)
            {
                await LandAsync(context, asked, kept, flight, outcome, CacheOutcome.Hit);
                return;
            }

            // It may still stand in for a failed origin.
            if (kept is { UnusableSince: not 0 }) old ??= kept;
            turn = await turns.TakeAsync(asked.Key, entry => IsAcceptableAsync(asked, entry, flight.Cancelled), flight.Cancelled);
            if (turn.Entry is { } others)
            {
                await LandAsync(context, asked, others, flight, outcome, CacheOutcome.Coalesced);
                return;
            }
        }

        var isHandedOn = false;
        try
        {
            isHandedOn = await FlyAsync(context, asked, old, flight, turn.Token, outcome);
        }
        finally
        {
            if (turn.Token is { } token)
            {
                if (isHandedOn) turns.Hand(asked.Key);
                else turns.End(asked.Key, token);
            }
        }
    }

    /// <summary>What another replica has kept, and whether it may answer.</summary>
    public async ValueTask<(CacheEntry? Entry, bool IsAcceptable)> FindSharedAsync(AskedAnswer asked, CancellationToken cancellationToken)
    {
        var found = await shared.FindAsync(asked.Key, cancellationToken);
        return (found, found is not null && await IsAcceptableAsync(asked, found, cancellationToken));
    }

    /// <returns>Whether the turn ends with what is written to Redis.</returns>
    private async Task<bool> FlyAsync(HttpContext context, AskedAnswer asked, CacheEntry? old, Flight flight, string? turn, CacheOutcome outcome)
    {
        var stale = old is not null && judge.IsInGrace(old) ? old : null;
        var response = context.Response;
        AnswerCapture capture;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(flight.Cancelled);
        if (stale is not null && judge.IsSilent(stale)) patience.CancelAfter(staleAfter);
        try
        {
            // Before the gate, which all callers share: whoever waits for his own queries must not fill it.
            await using var query = queries is null ? QueryTurn.Free : await queries.EnterAsync(context, asked.Principal.Token, patience.Token);
            if (query.IsRefused) return false;
            using (await gates.EnterAsync(context.Request.Path, patience.Token)) capture = await AskAsync(context, stale is not null, patience.Token);
        }
        catch (OperationCanceledException) when (stale is not null && !flight.Cancelled.IsCancellationRequested && !response.HasStarted)
        {
            await StandInAsync(context, asked, stale, flight, outcome);
            return false;
        }

        if (stale is not null && !response.HasStarted && (IsFailure(response) || (patience.IsCancellationRequested && !flight.Cancelled.IsCancellationRequested)))
        {
            await StandInAsync(context, asked, stale, flight, outcome);
        }
        else if (capture.Held is { } body && Declared(response) is { } declaration)
        {
            var entry = Create(asked, flight, response, body, declaration);
            if (response.Headers[CacheOutcome.StatusHeader] is [{ } inner] && inner != CacheOutcome.Bypass) outcome.Status = inner;
            var isKept = Keep(asked, old, entry);
            if (isKept) flight.Result = FlightResult.Kept;
            var isHandedOn = isKept && shared.Offer(entry, turn);
            flight.Land(entry);
            outcome.Entry = entry;
            await responses.WriteAsync(context, entry, asked.Stamp, asked.IsHead, withAge: false);
            return isHandedOn;
        }
        else if (!asked.IsHead)
        {
            await capture.ReleaseAsync(context.RequestAborted);
        }

        return false;
    }

    private static bool IsFailure(HttpResponse response) =>
        response.StatusCode >= StatusCodes.Status500InternalServerError && response.StatusCode != StatusCodes.Status501NotImplemented
        && !response.Headers.ContainsKey(CacheDeclaration.RefusedHeader);

    private Task StandInAsync(HttpContext context, AskedAnswer asked, CacheEntry stale, Flight flight, CacheOutcome outcome)
    {
        (outcome.Status, outcome.Entry, flight.Result) = (CacheOutcome.Stale, stale, FlightResult.Stale);
        context.Response.Headers.RetryAfter = default;
        return responses.WriteAsync(context, stale, asked.Stamp, asked.IsHead, withAge: true);
    }

    private async ValueTask<bool> IsAcceptableAsync(AskedAnswer asked, CacheEntry entry, CancellationToken cancellationToken) =>
        EntryRights.Permit(entry.Declaration, asked.Principal) && asked.Fits(entry) && !purges.Cover(entry)
        && await judge.IsUsableAsync(entry, asked.Directives, asked.ArrivedAt, cancellationToken);

    // What another replica has made.
    private Task LandAsync(HttpContext context, AskedAnswer asked, CacheEntry entry, Flight flight, CacheOutcome outcome, string status)
    {
        store.Keep(entry);
        flight.Result = FlightResult.Shared;
        flight.Land(entry);
        (outcome.Status, outcome.Entry) = (status, entry);
        return responses.WriteAsync(context, entry, asked.Stamp, asked.IsHead, withAge: true);
    }

    /// <summary>Runs the request without what is the caller's own, until nobody waits any more.</summary>
    private async Task<AnswerCapture> AskAsync(HttpContext context, bool holdFailures, CancellationToken cancelled)
    {
        var (request, response) = (context.Request, context.Response);
        var (aborted, method, body) = (context.RequestAborted, request.Method, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        // That of a cache in front, which the answer to it must carry.
        var mark = request.Headers[CacheDeclaration.ClientHeader];
        var own = CallersOwn.Select(name => KeyValuePair.Create(name, request.Headers[name])).ToArray();
        var capture = new AnswerCapture(response, body.Stream, maxObjectBytes, holdFailures);
        var capturing = new StreamResponseBodyFeature(capture, body);
        try
        {
            foreach (var (name, _) in own) request.Headers.Remove(name);
            request.Headers[CacheDeclaration.ClientHeader] = CacheEntry.ClientMark;
            if (marks.AgeOf(CacheTarget.ConnectionOf(request.Path)) is { } milliseconds)
                request.Headers[CacheDeclaration.ChangedHeader] = $"{CacheTarget.ConnectionOf(request.Path)};{milliseconds}";
            if (HttpMethods.IsHead(method)) request.Method = HttpMethods.Get;
            context.RequestAborted = cancelled;
            context.Features.Set<IHttpResponseBodyFeature>(capturing);
            await origin(context);
            await capturing.CompleteAsync();
        }
        finally
        {
            context.Features.Set(body);
            context.RequestAborted = aborted;
            request.Method = method;
            request.Headers[CacheDeclaration.ClientHeader] = mark;
            request.Headers.Remove(CacheDeclaration.ChangedHeader);
            foreach (var (name, values) in own)
            {
                if (values.Count > 0) request.Headers[name] = values;
            }
        }

        return capture;
    }

    private static CacheDeclaration? Declared(HttpResponse response)
    {
        if (response.HasStarted || response.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status204NoContent)) return null;
        if (response.Headers[CacheDeclaration.Header] is not [{ } text]) return null;
        try
        {
            return JsonSerializer.Deserialize(text, CachingJson.Default.CacheDeclaration);
        }
        catch (JsonException)
        {
            // Of a service of another version: then nothing is kept.
            return null;
        }
    }

    // Of an answer that a cache on the way has kept, in ticks of timestamps and rounded up.
    private long AgeOf(HttpResponse response) =>
        long.TryParse(response.Headers.Age.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? (seconds + 1) * time.TimestampFrequency : 0;

    private CacheEntry Create(AskedAnswer asked, Flight flight, HttpResponse response, ReadOnlyMemory<byte> body, CacheDeclaration declaration)
    {
        var headers = Kept.Where(name => response.Headers.ContainsKey(name)).Select(name => KeyValuePair.Create(name, response.Headers[name].ToString())).ToArray();
        return CacheEntry.Create(asked.Key, response.StatusCode, response.ContentType, headers, body.ToArray(), declaration, flight.StartedAt - AgeOf(response));
    }

    // Whatever the caller has seen was committed before the flight began, so that what was read during it is not older.
    private bool Keep(AskedAnswer asked, CacheEntry? old, CacheEntry entry)
    {
        if (!entry.Declaration.IsAsHeard)
        {
            if (old?.Declaration is { Stamp: { } before } && old.BornAt <= entry.BornAt) entry.AddOlderStamps([.. old.OlderStamps, before]);
            if (asked.Stamp is { } stamp) entry.AddOlderStamps([stamp]);
        }

        if (entry.Declaration.LifetimeSeconds <= 0 || judge.IsBehind(entry) || purges.Cover(entry)) return false;
        store.Keep(entry);
        return true;
    }
}
