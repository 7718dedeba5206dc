using System.Collections.Concurrent;
using CartoPlatform.HttpCache.Feeds;
using CartoPlatform.Testing.Platform;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>How an edge reaches those who tell it of changes.</summary>
public sealed class FeedConnectionTests
{
    private const int Streams = 4;

    [Fact]
    public async Task Each_stream_may_go_to_another_instance_behind_the_same_name()
    {
        var connections = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        // A stream that ends at once, as one does after its minute.
        app.MapGet("/internal/v1/changes/main", (Microsoft.AspNetCore.Http.HttpContext context) => connections.Enqueue(context.Connection.Id));
        await app.StartAsync();

        await using var feeds = new RemoteVersionFeeds(
            Options.Create(new HttpCacheOptions { Feed = app.Urls.Single() }), Options.Create(new InternalKeyOptions { InternalKey = "an-internal-key-for-tests" }),
            TimeProvider.System, NullLogger<RemoteVersionFeeds>.Instance);
        feeds.Find("main");
        await Wait.UntilAsync("streams were opened", () => Task.FromResult(connections.Count >= Streams), TimeSpan.FromSeconds(20));

        Assert.Equal(Streams, connections.Take(Streams).Distinct().Count());
    }
}
