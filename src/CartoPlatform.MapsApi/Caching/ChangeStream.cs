using System.Text.Json;
using CartoPlatform.Auth.Http;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.ServiceDefaults.Hosting;

namespace CartoPlatform.MapsApi.Caching;

/// <summary>Tells caches in other processes how versions change, as long as they listen.</summary>
internal static class ChangeStream
{
    // Clocks drift apart: the listener asks anew, and the times of its new stream count from then.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Where there is nothing to hear.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    public static void MapChangeStream(this IEndpointRouteBuilder routes) =>
        routes.MapGet($"{InternalRoutes.Prefix}/changes/{{connection}}", StreamAsync)
            .RequireInternalPort().AddEndpointFilter<InternalKeyFilter>().ExcludeFromDescription();

    private static async Task StreamAsync(string connection, ChangeFeeds feeds, HttpResponse response, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        response.ContentType = "application/x-ndjson";
        await response.StartAsync(cancellationToken);
        VersionState? sent = null;
        while (time.GetElapsedTime(began) < Limit)
        {
            if (feeds.Find(connection) is { } state && !ReferenceEquals(state, sent))
            {
                var message = MessageOf(state, sent, (long)time.GetElapsedTime(began, state.HeardAt).TotalMilliseconds);
                await response.WriteAsync(JsonSerializer.Serialize(message, CachingJson.Default.VersionMessage) + "\n", cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                sent = state;
            }

            await feeds.NextAsync(connection, Patience, cancellationToken);
        }
    }

    private static VersionMessage MessageOf(VersionState state, VersionState? sent, long milliseconds)
    {
        var isComplete = sent is null || sent.Incarnation != state.Incarnation;
        if (!isComplete && ReferenceEquals(sent!.Versions, state.Versions)) return new VersionMessage(milliseconds, state.Incarnation, false, []);
        var changed = state.Versions.Where(pair => isComplete || sent!.VersionOf(pair.Key) != pair.Value);
        return new VersionMessage(milliseconds, state.Incarnation, isComplete, [.. changed.Select(pair => new RelationVersion(pair.Key, pair.Value))]);
    }
}
