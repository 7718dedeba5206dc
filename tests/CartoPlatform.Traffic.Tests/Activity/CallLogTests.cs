using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Traffic.Tests.Activity;

public sealed class CallLogTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private ActivityPeer? _peer;

    private ActivityPeer Peer => _peer!;

    public async Task InitializeAsync() => _peer = await ActivityPeer.StartAsync();

    public Task DisposeAsync() => Peer.DisposeAsync().AsTask();

    [Theory]
    [InlineData("/v3/maps/c/table", "maps", "table", 200, 10L, null)]
    [InlineData("/v3/sql/c/query", "sql", "query", 200, 1_234L, 7L)]
    [InlineData("/v3/stats/c/x", "stats", "attribute", 500, 26L, null)]
    [InlineData("/v3/nowhere", "nowhere", "administration", 404, 0L, null)]
    public async Task Call_is_taken_down_with_its_end_its_bytes_and_its_rows(string path, string api, string operation, int status, long bytes, long? rows)
    {
        await using var edge = await ActivityEdge.StartAsync(Peer);

        using var answer = await edge.Client.GetAsync(new Uri($"{path}?client=me", UriKind.Relative));
        await edge.HandOverAsync();

        var call = Assert.Single(Peer.Calls);
        Assert.Equal((api, operation, status, bytes, rows, "me", "anonymous"), (call.Api, call.Operation, call.Status, call.Bytes, call.Rows, call.Client, call.CallerKind));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.True(call.Microseconds > 0);
        Assert.Equal(1, Peer.Requests);
    }

    [Fact]
    public async Task Caller_who_leaves_is_taken_down_as_499_and_pages_and_health_are_not()
    {
        await using var edge = await ActivityEdge.StartAsync(Peer);
        using var leaving = new CancellationTokenSource();
        await edge.Client.GetAsync(new Uri("/health", UriKind.Relative));
        await edge.Client.GetAsync(new Uri("/", UriKind.Relative));

        var asking = edge.Client.GetAsync(new Uri("/v3/tokens", UriKind.Relative), leaving.Token);
        await edge.Reached.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        await Wait.UntilAsync("it is taken down", async () =>
        {
            await edge.HandOverAsync();
            return Peer.Calls.Any();
        }, Limit);
        Assert.Equal(499, Assert.Single(Peer.Calls).Status);
    }

    [Fact]
    public async Task More_than_is_handed_over_is_dropped_and_the_sums_are_whole()
    {
        await using var edge = await ActivityEdge.StartAsync(Peer, "--Activity:MaxWaiting=10");

        for (var call = 0; call < 50; call++) await edge.Client.GetAsync(new Uri("/v3/maps/c/table", UriKind.Relative));
        await edge.HandOverAsync();

        Assert.Equal(10, Peer.Calls.Count());
        Assert.Equal(50, Peer.Requests);
        Assert.Equal(500, Peer.Batches.SelectMany(batch => batch.Usage).Sum(usage => usage.Bytes));
    }

    [Fact]
    public async Task Nothing_is_lost_or_told_twice_while_the_other_end_is_away_or_its_answers_are()
    {
        await using var edge = await ActivityEdge.StartAsync(Peer);
        Peer.IsAway = true;
        await edge.Client.GetAsync(new Uri("/v3/maps/c/table?client=1", UriKind.Relative));
        await edge.HandOverAsync();
        (Peer.IsAway, Peer.LosesAnswers) = (false, true);
        await edge.Client.GetAsync(new Uri("/v3/maps/c/table?client=2", UriKind.Relative));
        await edge.HandOverAsync();
        Peer.LosesAnswers = false;
        await edge.HandOverAsync();
        await edge.HandOverAsync();

        Assert.Equal(["1", "2"], Peer.Calls.Select(call => call.Client));
        Assert.Equal(2, Peer.Requests);
        Assert.True(Peer.Batches.Count > Peer.Batches.DistinctBy(batch => batch.Id).Count(), "No batch came twice");
    }

    [Fact]
    public async Task Refused_call_is_taken_down_and_uses_up_no_month()
    {
        await using var edge = await ActivityEdge.StartAsync(Peer);

        for (var call = 0; call < 3; call++) await edge.Client.GetAsync(new Uri("/v3/lds/x", UriKind.Relative));
        await edge.Client.GetAsync(new Uri("/v3/maps/c/table", UriKind.Relative));
        await edge.HandOverAsync();

        Assert.Equal([429, 429, 429, 200], Peer.Calls.Select(call => call.Status));
        Assert.Equal(1, Peer.Requests);
    }

    [Fact]
    public async Task Process_that_ends_hands_over_what_it_has()
    {
        var edge = await ActivityEdge.StartAsync(Peer);
        await edge.Client.GetAsync(new Uri("/v3/maps/c/table", UriKind.Relative));

        await edge.DisposeAsync();

        Assert.Single(Peer.Calls);
        Assert.Equal(1, Peer.Requests);
    }

    [Fact]
    public async Task Without_single_calls_the_sums_are_kept()
    {
        await using var edge = await ActivityEdge.StartAsync(Peer, "--Activity:Enabled=false");
        await edge.Client.GetAsync(new Uri("/v3/maps/c/table", UriKind.Relative));
        await edge.HandOverAsync();

        Assert.Empty(Peer.Calls);
        Assert.Equal(1, Peer.Requests);
    }
}
