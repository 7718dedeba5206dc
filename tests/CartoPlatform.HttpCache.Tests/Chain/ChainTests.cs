using System.Collections.Concurrent;
using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests.Chain;

/// <summary>Edges with caches of their own, a pool of cache processes behind them, and a Redis that all share: what one of them makes the others have, and no part's end is anybody's error.</summary>
public sealed class ChainTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private const int Callers = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1" ? 10 : 2);

    [Fact]
    public async Task Answer_that_one_edge_has_had_made_is_a_hit_on_the_other_and_for_post()
    {
        var table = await fixture.CreateTableAsync();
        using var first = fixture.Edges[0].Owner();
        using var second = fixture.Edges[1].Owner();
        var urls = Enumerable.Range(0, 12).Select(row => $"/v3/sql/main/model/formula?type=table&source={table}&params={{\"column\":\"id\",\"operation\":\"sum\"}}&filters={{\"id\":{{\"in\":{{\"owner\":\"a\",\"values\":[{row}]}}}}}}").ToArray();
        await WarmAsync(first, urls);
        var before = fixture.Apis.Origin.Requests;
        foreach (var url in urls)
        {
            Assert.Equal("HIT", (await first.AskAsync(url)).Cache);
            Assert.Equal("HIT", (await second.AskAsync(url)).Cache);
        }

        var posted = await second.PostAsync("/v3/sql/main/model/formula", $$$"""{"type":"table","source":"{{{table}}}","params":{"column":"id","operation":"sum"},"filters":{"id":{"in":{"owner":"a","values":[3]} } } }""");
        Assert.Equal((HttpStatusCode.OK, "HIT"), (posted.Status, posted.Cache));
        Assert.Equal(before, fixture.Apis.Origin.Requests);
    }

    [Fact]
    public async Task Hundred_equal_cold_requests_through_both_edges_make_one()
    {
        var table = await fixture.CreateTableAsync();
        var clients = fixture.Edges.Select(edge => edge.Owner()).ToArray();
        var before = fixture.Apis.Origin.Requests;
        var url = $"/v3/maps/main/table/0/0/0?name={table}&formatTiles=mvt";
        fixture.Apis.Origin.Before = token => Task.Delay(TimeSpan.FromMilliseconds(300), token);
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => clients[index % clients.Length].AskAsync(url)));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            Assert.Single(answers.Select(answer => answer.Body).Distinct());
            Assert.Equal(before + 1, fixture.Apis.Origin.Requests);
        }
        finally
        {
            fixture.Apis.Origin.Before = _ => Task.CompletedTask;
            foreach (var client in clients) client.Dispose();
        }
    }

    /// <summary>Where nothing else would tell: no trigger, and half an hour to live.</summary>
    [Fact]
    public async Task Write_through_one_edge_is_known_at_the_other()
    {
        var table = await fixture.CreateTableAsync();
        await using (var admin = Npgsql.NpgsqlDataSource.Create(fixture.Maps.Database.AdminConnectionString))
            await admin.ExecuteAsync($"DROP TRIGGER carto_change ON {table}");
        using var first = fixture.Edges[0].Owner();
        using var second = fixture.Edges[1].Owner();
        var url = $"/v3/sql/main/query?q=SELECT max(id) AS n FROM {table}";
        await WarmAsync(second, [url]);
        var write = await first.PostAsync("/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) VALUES (44)"}""");
        Assert.Equal(HttpStatusCode.OK, write.Status);
        await Wait.UntilAsync("the other edge answers anew", async () => (await second.AskAsync(url)).Body.Contains("\"n\":44", StringComparison.Ordinal), Limit);
    }

    [Fact]
    public async Task Purge_reaches_edges_and_cache_processes()
    {
        var table = await fixture.CreateTableAsync();
        using var first = fixture.Edges[0].Owner();
        using var second = fixture.Edges[1].Owner();
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        foreach (var client in (HttpClient[])[first, second]) await WarmAsync(client, [url]);
        var before = fixture.Apis.Origin.Requests;
        Answer? purged = null;
        await Wait.UntilAsync(
            "all four have answered",
            async () => (purged = await second.PostAsync("/v3/cache/purge", $$"""{"tags":["table:main/{{table}}"]}""")) is { Status: HttpStatusCode.OK } answer
                && ((string[])["edge-one", "edge-two", "cache-one", "cache-two"]).All(name => answer.Body.Contains($"\"{name}\"", StringComparison.Ordinal)),
            Limit);
        Assert.Contains("\"silent\":[]", purged!.Body, StringComparison.Ordinal);
        Assert.Equal("MISS", (await first.AskAsync(url)).Cache);
        Assert.Equal(before + 1, fixture.Apis.Origin.Requests);
    }

    /// <summary>Whatever is stopped while callers ask for what is kept: all of them get answers, and afterwards right ones.</summary>
    [Theory]
    [InlineData("redis")]
    [InlineData("one cache process")]
    [InlineData("the other cache process")]
    [InlineData("database")]
    public async Task Stopping_a_part_under_load_is_no_error_and_answers_are_right_after(string part)
    {
        var table = await fixture.CreateTableAsync();
        string[] urls =
        [
            $"/v3/maps/main/table?name={table}", $"/v3/maps/main/table/0/0/0?name={table}", $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}",
            $"/v3/sql/main/model/formula?type=table&source={table}&params={{\"column\":\"id\",\"operation\":\"sum\"}}",
        ];
        var clients = fixture.Edges.Select(edge => edge.Owner()).ToArray();
        foreach (var client in clients) await WarmAsync(client, urls);

        var failures = new ConcurrentQueue<string>();
        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, Callers).Select(index => LoadAsync(clients[index % clients.Length], urls, failures, over.Token)).ToArray();
        await StopAsync(part);
        await Task.Delay(Outage);
        // What changes meanwhile must be seen afterwards.
        await fixture.Maps.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        await StartAsync(part);
        foreach (var client in clients)
        {
            await Wait.UntilAsync(
                "the deletion is answered",
                async () => await client.AskAsync(urls[2]) is { Status: HttpStatusCode.OK } answer && answer.Cache != "STALE" && answer.Body.Contains("\"n\":4", StringComparison.Ordinal),
                Limit);
        }

        await over.CancelAsync();
        Assert.True(await Task.WhenAll(load) is var counts && counts.Sum() > 20, $"{string.Join(' ', counts)} answers");
        Assert.Empty(failures);
        foreach (var client in clients) client.Dispose();
    }

    private static async Task<int> LoadAsync(HttpClient client, string[] urls, ConcurrentQueue<string> failures, CancellationToken cancellationToken)
    {
        var count = 0;
        for (; !cancellationToken.IsCancellationRequested; count++)
        {
            var url = urls[count % urls.Length];
            try
            {
                var answer = await client.AskAsync(url);
                if (answer.Status != HttpStatusCode.OK) failures.Enqueue($"{answer.Status} {answer.Cache} {url}: {answer.Body}");
            }
            catch (HttpRequestException exception)
            {
                failures.Enqueue($"{url}: {exception.Message}");
            }
        }

        return count;
    }

    private Task StopAsync(string part)
    {
        switch (part)
        {
            case "redis": return fixture.Redis.StopAsync();
            case "one cache process": fixture.CacheLinks[0].Cut(); break;
            case "the other cache process": fixture.CacheLinks[1].Cut(); break;
            default: fixture.DatabaseLink.Cut(); break;
        }

        return Task.CompletedTask;
    }

    private async Task StartAsync(string part)
    {
        foreach (var link in (Testing.Network.FaultyLink[])[.. fixture.CacheLinks, fixture.DatabaseLink]) link.Mend();
        if (part == "redis") await fixture.Redis.StartAgainAsync();
    }

    // Until the first word of the database has come nothing is used.
    private static async Task WarmAsync(HttpClient client, string[] urls)
    {
        foreach (var url in urls)
        {
            await Wait.UntilAsync($"{url} is kept", async () => await client.AskAsync(url) is { Status: HttpStatusCode.OK or HttpStatusCode.NoContent } answer && answer.Cache == "HIT", Limit);
        }
    }
}
