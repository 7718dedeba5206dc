using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.HttpCache.Flights;

/// <summary>Asks the origin on behalf of all who wait, keeps what may be kept, and answers the caller whose request it was.</summary>
internal sealed class OriginFlight(RequestDelegate origin, MemoryStore store, EntryJudge judge, EntryResponse responses, int maxObjectBytes)
{
    // Of one caller, not of the answer: all who wait share it.
    private static readonly string[] CallersOwn = ["Accept-Encoding", "If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range"];

    // What belongs to an answer beside its body; all other headers are made for each response.
    private static readonly string[] Kept = ["Content-Disposition", .. TileHeaders.All];

    public async Task FlyAsync(HttpContext context, AskedAnswer asked, CacheEntry? old, Flight flight, CacheOutcome outcome)
    {
        outcome.Status = CacheOutcome.Miss;
        var stale = old is not null && judge.IsInGrace(old) ? old : null;
        var capture = await AskAsync(context, flight, holdFailures: stale is not null);
        var response = context.Response;
        if (response.StatusCode >= StatusCodes.Status500InternalServerError && response.StatusCode != StatusCodes.Status501NotImplemented && stale is not null && !response.HasStarted)
        {
            (outcome.Status, outcome.Entry) = (CacheOutcome.Stale, stale);
            await responses.WriteAsync(context, stale, asked.Stamp, asked.IsHead, withAge: true);
        }
        else if (capture.Held is { } body && Declared(response) is { } declaration)
        {
            var entry = Create(asked, flight, response, body, declaration);
            Keep(asked, old, entry);
            flight.Land(entry);
            outcome.Entry = entry;
            await responses.WriteAsync(context, entry, asked.Stamp, asked.IsHead, withAge: false);
        }
        else if (!asked.IsHead)
        {
            await capture.ReleaseAsync(context.RequestAborted);
        }
    }

    /// <summary>Runs the request without what is the caller's own, until nobody waits any more.</summary>
    private async Task<AnswerCapture> AskAsync(HttpContext context, Flight flight, bool holdFailures)
    {
        var (request, response) = (context.Request, context.Response);
        var (aborted, method, body) = (context.RequestAborted, request.Method, context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        var own = CallersOwn.Select(name => KeyValuePair.Create(name, request.Headers[name])).ToArray();
        var capture = new AnswerCapture(response, body.Stream, maxObjectBytes, holdFailures);
        var capturing = new StreamResponseBodyFeature(capture, body);
        await using var leaving = aborted.Register(flight.Leave);
        try
        {
            foreach (var (name, _) in own) request.Headers.Remove(name);
            request.Headers[CacheDeclaration.ClientHeader] = CacheEntry.ClientMark;
            if (HttpMethods.IsHead(method)) request.Method = HttpMethods.Get;
            context.RequestAborted = flight.Cancelled;
            context.Features.Set<IHttpResponseBodyFeature>(capturing);
            await origin(context);
            await capturing.CompleteAsync();
        }
        finally
        {
            context.Features.Set(body);
            context.RequestAborted = aborted;
            request.Method = method;
            request.Headers.Remove(CacheDeclaration.ClientHeader);
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

    private static CacheEntry Create(AskedAnswer asked, Flight flight, HttpResponse response, ReadOnlyMemory<byte> body, CacheDeclaration declaration)
    {
        var headers = Kept.Where(name => response.Headers.ContainsKey(name)).Select(name => KeyValuePair.Create(name, response.Headers[name].ToString())).ToArray();
        return CacheEntry.Create(asked.Key, response.StatusCode, response.ContentType, headers, body.ToArray(), declaration, flight.StartedAt);
    }

    // Whatever the caller has seen was committed before the flight began, so the entry is not older.
    private void Keep(AskedAnswer asked, CacheEntry? old, CacheEntry entry)
    {
        if (old?.Declaration is { Stamp: { } before } && old.BornAt <= entry.BornAt) entry.AddOlderStamps([.. old.OlderStamps, before]);
        if (asked.Stamp is { } stamp) entry.AddOlderStamps([stamp]);
        if (entry.Declaration.LifetimeSeconds > 0 && !judge.IsBehind(entry)) store.Keep(entry);
    }
}
