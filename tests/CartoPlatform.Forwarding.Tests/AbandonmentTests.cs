using System.Net;

namespace CartoPlatform.Forwarding.Tests;

/// <summary>Replicas that are paused or cut off: connections to them stand, and nothing comes.</summary>
public sealed class AbandonmentTests
{
    private const int Callers = 8;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Reading_requests_on_an_instance_that_falls_silent_are_answered_by_another()
    {
        await using var paused = new Backend(_ => Backend.Answer("never"));
        await using var alive = new Backend(_ => Backend.Answer("fine"));
        await using var balancer = await BalancerHost.StartAsync(paused.Url, alive.Url);
        paused.FallSilent();

        // All at once, so that the one which seems less busy is not the same every time.
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => balancer.Client.GetStringAsync("/v3/maps/carto_dw/table/1/0/0"))).WaitAsync(Limit);

        Assert.All(answers, answer => Assert.Equal("fine", answer));
        Assert.NotEqual(0, paused.Requests);
    }

    [Fact]
    public async Task Writing_request_on_a_silent_instance_is_sent_to_nobody_else()
    {
        await using var one = new Backend(_ => Backend.Answer("never"));
        await using var other = new Backend(_ => Backend.Answer("fine"));
        await using var balancer = await BalancerHost.StartAsync(one.Url, other.Url);
        one.FallSilent();
        using var leave = new CancellationTokenSource();

        var writing = Enumerable.Range(0, Callers).Select(_ => balancer.Client.PostAsync("/v3/sql/carto_dw/query", new StringContent("{}"), leave.Token)).ToList();
        // When these are through, probes have found the silent one out.
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => balancer.Client.GetStringAsync("/v3/maps"))).WaitAsync(Limit);
        var done = await Task.WhenAll(writing.Where(write => write.IsCompleted));
        var waiting = Callers - done.Length;
        await leave.CancelAsync();

        Assert.NotEqual(0, waiting);
        Assert.All(done, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(Callers + done.Length, other.Requests);
    }

    /// <summary>One that ends says that it is not ready, and finishes what it has.</summary>
    [Fact]
    public async Task Instance_that_says_it_is_not_ready_finishes_its_requests()
    {
        await using var ending = new Backend(_ => Backend.Answer("from the ending one"));
        await using var other = new Backend(_ => Backend.Answer("from the other"));
        // Not what this is about: on a busy machine a probe that is late is silence, and then the request is taken away with good reason.
        await using var balancer = await BalancerHost.StartAsync(new ProbePatience(Limit), ending.Url, other.Url);
        ending.Hold();
        var held = ending.HeldAsync();
        Task<string> slow;
        do
        {
            slow = balancer.Client.GetStringAsync("/v3/maps/carto_dw/table");
            await Task.WhenAny(slow, held).WaitAsync(Limit);
        }
        while (!held.IsCompleted);

        ending.ReadyStatus = 503;
        await ending.RefusedAsync(probes: 2).WaitAsync(Limit);
        ending.LetGo();

        Assert.Equal("from the ending one", await slow.WaitAsync(Limit));
        Assert.Equal(1, ending.Requests);
    }
}
