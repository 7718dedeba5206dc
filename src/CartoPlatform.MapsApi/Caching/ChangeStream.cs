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
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(100);

    public static void MapChangeStream(this IEndpointRouteBuilder routes) =>
        routes.MapGet($"{InternalRoutes.Prefix}/changes/{{connection}}", StreamAsync)
            .RequireInternalPort().AddEndpointFilter<InternalKeyFilter>().ExcludeFromDescription();

    private static async Task StreamAsync(string connection, ChangeFeeds feeds, HttpResponse response, TimeProvider time, CancellationToken cancellationToken)
    {
        response.ContentType = "application/x-ndjson";
        await response.StartAsync(cancellationToken);
        var (began, sentAt) = (time.GetTimestamp(), 0L);
        VersionState? sent = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var state = feeds.Find(connection);
            var isNews = sent is null || state?.Incarnation != sent.Incarnation || !ReferenceEquals(state.Versions, sent.Versions);
            if (state is not null && (isNews || (state != sent && time.GetElapsedTime(sentAt) >= Heartbeat)))
            {
                var message = MessageOf(state, sent, (long)time.GetElapsedTime(began, state.HeardAt).TotalMilliseconds);
                await response.WriteAsync(JsonSerializer.Serialize(message, CachingJson.Default.VersionMessage) + "\n", cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
                (sent, sentAt) = (state, time.GetTimestamp());
            }

            await Task.Delay(Period, time, cancellationToken);
        }
    }

    private static VersionMessage MessageOf(VersionState state, VersionState? sent, long milliseconds)
    {
        var isComplete = sent is null || sent.Incarnation != state.Incarnation;
        var changed = state.Versions.Where(pair => isComplete || sent!.VersionOf(pair.Key) != pair.Value);
        return new VersionMessage(milliseconds, state.Incarnation, isComplete, [.. changed.Select(pair => new RelationVersion(pair.Key, pair.Value))]);
    }
}
