using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Whoever has had the answer to a write, and then reads, sees it: no wait, no second try.</summary>
public sealed class ReadYourWritesTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private const int Rounds = 40;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_after_a_write_through_the_platform_sees_it(bool isWatchedElsewhere)
    {
        var host = isWatchedElsewhere ? await fixture.StartBehindAsync() : fixture.Host;
        var table = await fixture.CreateTableAsync();
        using var client = host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT max(id) AS n FROM {table}";
        var hits = 0;
        for (var round = 100; round < 100 + Rounds; round++)
        {
            var write = await client.PostAsync("/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) VALUES ({{round}})"}""");
            Assert.Equal(HttpStatusCode.OK, write.Status);
            Assert.Null(write.Header("X-Carto-Changed"));
            foreach (var attempt in Enumerable.Range(0, 2))
            {
                var read = await client.AskAsync(url);
                Assert.Contains($"\"n\":{round}", read.Body, StringComparison.Ordinal);
                if (read.Cache == "HIT") hits++;
            }
        }

        Assert.True(hits > Rounds / 2, $"{hits} hits");
    }

    [Fact]
    public async Task Read_after_a_commit_elsewhere_sees_it_where_the_database_is_near()
    {
        var table = await fixture.CreateTableAsync();
        // One whose rechecks nobody else has used up; fewer than are allowed at once.
        using var client = (await fixture.StartAsync()).Owner();
        var url = $"/v3/sql/main/query?q=SELECT max(id) AS n FROM {table}";
        for (var round = 100; round < 106; round++)
        {
            await client.AskAsync(url);
            await fixture.Database.ExecuteAsync($"INSERT INTO {table} (id) VALUES ({round})");
            Assert.Contains($"\"n\":{round}", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Write_that_answers_longer_than_is_held_back_is_seen()
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
        await client.AskAsync(url);
        var write = await client.PostAsync(
            "/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) SELECT generate_series(1, 60000) RETURNING id, repeat('x', 100) AS x"}""");
        Assert.True(write.Body.Length > 6_000_000, $"{write.Body.Length}");
        Assert.Contains("\"n\":60005", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_heard_of_changes_a_write_through_the_platform_is_seen_all_the_same()
    {
        var table = await fixture.CreateTableAsync();
        // A function that hides what it reads, over a foreign table say, cannot be watched; nor can a table whose trigger is gone.
        await fixture.ExecuteAsAdminAsync($"DROP TRIGGER carto_change ON {table}");
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT max(id) AS n FROM {table}";
        await client.AskAsync(url);
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        await client.PostAsync("/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) VALUES (77)"}""");
        Assert.Contains("\"n\":77", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STABLE")]
    [InlineData("VOLATILE")]
    public async Task Write_is_seen_through_a_function_that_hides_what_it_reads(string volatility)
    {
        var table = await fixture.CreateTableAsync();
        var function = $"hides_{Guid.NewGuid():N}";
        // The table's name is in two pieces, so that nobody finds it.
        await fixture.Database.ExecuteAsync($"""
            CREATE FUNCTION {function}() RETURNS bigint LANGUAGE plpgsql {volatility} AS $$
            DECLARE found bigint; BEGIN EXECUTE 'SELECT max(id) FROM ' || '{table[..10]}' || '{table[10..]}' INTO found; RETURN found; END $$
            """);
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT {function}() AS n";
        await client.AskAsync(url);
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        await client.PostAsync("/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) VALUES (66)"}""");
        Assert.Contains("\"n\":66", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_that_came_after_a_write_shares_no_flight_from_before_it()
    {
        var table = await fixture.CreateTableAsync();
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT max(id) AS n FROM {table}";
        var gate = new TaskCompletionSource();
        host.Origin.After = () => gate.Task;
        var early = client.AskAsync(url);
        await Testing.Platform.Wait.UntilAsync("the first is under way", () => Task.FromResult(host.Origin.Requests == 1), TimeSpan.FromSeconds(10));
        host.Origin.After = () => Task.CompletedTask;
        await client.PostAsync("/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) VALUES (88)"}""");
        var late = client.AskAsync(url);
        Assert.Contains("\"n\":88", (await late.WaitAsync(TimeSpan.FromSeconds(10))).Body, StringComparison.Ordinal);
        gate.SetResult();
        await early;
        Assert.Contains("\"n\":88", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "q=%FF%FE&%")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "q=1")]
    [InlineData("multipart/form-data", "nothing of the kind")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nnothing")]
    [InlineData("application/json", "{\"q\":")]
    [InlineData("nonsense", "\0")]
    public async Task Body_that_cannot_be_read_is_answered_as_without_a_cache(string type, string body)
    {
        using var client = fixture.Host.Owner();
        foreach (var path in (string[])["/v3/maps/main/table", "/v3/sql/main/model/formula", "/v3/stats/main/a/b"])
        {
            var answers = new List<HttpStatusCode>();
            foreach (var directive in (string?[])[null, "no-cache"])
            {
                using var content = new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(body));
                content.Headers.TryAddWithoutValidation("Content-Type", type);
                answers.Add((await client.AskAsync(path, directive, HttpMethod.Post, content)).Status);
            }

            Assert.Equal(answers[1], answers[0]);
            Assert.InRange((int)answers[0], 400, 499);
        }
    }
}
