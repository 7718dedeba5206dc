using System.Net;
using Microsoft.AspNetCore.Builder;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class DrainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Service_that_ends_says_so_and_still_answers()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/work", () => "done"), "--Drain:Time=00:05:00");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(service, "/health/ready")).StatusCode);
        using var impatient = new CancellationTokenSource();
        var stopping = service.StopAsync(impatient.Token);

        await UntilAsync(async () => (await AskAsync(service, "/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        var ready = await AskAsync(service, "/health/ready");
        var live = await AskAsync(service, "/health");
        var work = await AskAsync(service, "/work");

        Assert.Contains("\"stopping\"", ready.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal((HttpStatusCode.OK, "done"), (work.StatusCode, work.Body));
        // So that nobody sends the next request into a connection that is about to close.
        Assert.True(work.Closes);
        Assert.False(stopping.IsCompleted);
        await impatient.CancelAsync();
        await stopping;
    }

    [Fact]
    public async Task Request_that_runs_is_finished()
    {
        var begun = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var service = await TestService.StartAsync(
            app => app.MapGet("/long", async () =>
            {
                begun.SetResult();
                await finish.Task;
                return "done";
            }),
            "--Drain:Limit=00:01:00");
        var request = service.Client.GetStringAsync("/long");
        await begun.Task;

        var stopping = service.StopAsync(CancellationToken.None);
        finish.SetResult();

        Assert.Equal("done", await request);
        await stopping.WaitAsync(Limit);
    }

    [Fact]
    public async Task Running_service_mentions_no_end()
    {
        await using var service = await TestService.StartAsync(_ => { });

        var ready = await AskAsync(service, "/health/ready");

        Assert.DoesNotContain("stopping", ready.Body, StringComparison.Ordinal);
        Assert.False(ready.Closes);
    }

    private static async Task<(HttpStatusCode StatusCode, string Body, bool Closes)> AskAsync(TestService service, string path)
    {
        using var answer = await service.Client.GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.ConnectionClose is true);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition()) await Task.Delay(20, limit.Token);
    }
}
