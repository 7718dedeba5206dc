using System.Globalization;
using System.Net;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>Rows, time, memory, and callers who leave.</summary>
public sealed class QueryLimitTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Result_of_exactly_the_row_limit_is_whole_and_one_row_more_is_an_error()
    {
        using var host = fixture.Start(("Sql:Limits:MaxRows", "1000"));

        Assert.Equal(1000, (await host.Caller.GetAsync("SELECT * FROM generate_series(1, 1000)")).Json.GetProperty("rows").GetArrayLength());
        var over = await host.Caller.GetAsync("SELECT * FROM generate_series(1, 1001)");
        Assert.Equal(HttpStatusCode.BadRequest, over.Status);
        Assert.Contains("more than 1000 rows", over.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Default_row_limit_is_200000()
    {
        var answer = await fixture.Host.Caller.GetAsync("SELECT i FROM generate_series(1, 200000) i");
        Assert.Equal(200_000, answer.Json.GetProperty("rows").GetArrayLength());

        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.GetAsync("SELECT i FROM generate_series(1, 200001) i")).Status);
    }

    [Fact]
    public async Task Late_error_in_a_small_answer_is_a_clean_400()
    {
        var answer = await fixture.Host.Caller.GetAsync("SELECT 1 / (1000 - i) FROM generate_series(1, 1000) i");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("division by zero", answer.Error);
    }

    [Fact]
    public async Task Late_error_in_an_answer_of_many_pieces_that_are_held_back_is_a_clean_400()
    {
        const string Sql = "SELECT repeat('x', 1000) || 1 / ({0} - i) AS v FROM generate_series(1, 3000) i";

        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.GetAsync(string.Format(CultureInfo.InvariantCulture, Sql, 3000))).Status);
        var whole = await fixture.Host.Caller.GetAsync(string.Format(CultureInfo.InvariantCulture, Sql, 3001));
        Assert.Equal(3000, whole.Json.GetProperty("rows").GetArrayLength());
        Assert.InRange(whole.Message.Content.Headers.ContentLength ?? 0, 3_000_000, 4_000_000);
    }

    [Fact]
    public async Task Late_error_in_a_large_answer_cuts_it_so_that_it_cannot_be_read()
    {
        const string Sql = "SELECT repeat('x', 1000) || 1 / (20000 - i) AS v FROM generate_series(1, 20000) i";
        using var response = await fixture.Host.Caller.Http.GetAsync(SqlClient.Url(Sql), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(response.Content.ReadAsByteArrayAsync);
    }

    [Fact]
    public async Task Row_limit_in_a_large_answer_cuts_it()
    {
        using var host = fixture.Start(("Sql:Limits:MaxRows", "10000"));
        using var response = await host.Caller.Http.GetAsync(
            SqlClient.Url("SELECT repeat('x', 1000) FROM generate_series(1, 20000)"), HttpCompletionOption.ResponseHeadersRead);

        await Assert.ThrowsAsync<HttpRequestException>(response.Content.ReadAsByteArrayAsync);
    }

    [Fact]
    public async Task Value_of_many_megabytes_is_whole()
    {
        var answer = await fixture.Host.Caller.GetAsync("SELECT repeat('\"', 10000000) AS v");

        Assert.Equal(new string('"', 10_000_000), answer.Json.GetProperty("rows")[0].GetProperty("v").GetString());
    }

    [Fact]
    public async Task Row_over_its_size_is_400()
    {
        var answer = await fixture.Host.Caller.GetAsync("SELECT repeat('x', 40000000), repeat('y', 40000000)");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("A row is larger than 67108864 bytes", answer.Error);
    }

    [Theory]
    [InlineData("SELECT i AS id, repeat(i::text, 30000) AS v FROM generate_series(1, 40) i")]
    [InlineData("SELECT i AS id, repeat(i::text, $1) AS v FROM generate_series(1, 40) i", "[30000]")]
    public async Task Values_larger_than_any_buffer_between_small_ones_are_whole(string sql, string? values = null)
    {
        var answer = await fixture.Host.Caller.GetAsync(sql, values);

        Assert.Equal(
            Enumerable.Range(1, 40).Select(id => (id, string.Concat(Enumerable.Repeat(id, 30_000)))),
            answer.Json.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("id").GetInt32(), row.GetProperty("v").GetString() ?? "")));
    }

    [Fact]
    public async Task Rows_that_are_cut_anywhere_by_the_pieces_they_come_in_are_whole()
    {
        const string Sql = """
            SELECT i, nullif(i % 3, 0) AS n, '' AS e, CASE WHEN i % 5 > 0 THEN repeat(chr(97 + i % 26), i % 997) END AS t, nullif(i % 2, 0)::int8 AS l
            FROM generate_series(1, 20000) AS i
            """;
        var answer = await fixture.Host.Caller.GetAsync(Sql);

        Assert.Equal(
            Enumerable.Range(1, 20_000).Select(i => (i, i % 3 == 0 ? null : (int?)(i % 3), "", i % 5 == 0 ? null : new string((char)('a' + (i % 26)), i % 997), i % 2 == 0 ? null : (int?)1)),
            answer.Json.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("i").GetInt32(), Number(row, "n"), row.GetProperty("e").GetString() ?? "null", row.GetProperty("t").GetString(), Number(row, "l"))));

        static int? Number(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;
    }

    [Theory]
    [InlineData("SELECT ST_Buffer(ST_SetSRID(ST_Point(10, 20), 4326), 1, 5000) AS geom, 7 AS after")]
    [InlineData("SELECT ST_Buffer(ST_SetSRID(ST_Point(10, 20), 4326), $1, 5000) AS geom, 7 AS after", "[1]")]
    public async Task Geometry_larger_than_any_buffer_is_whole(string sql, string? values = null)
    {
        var answer = await fixture.Host.Caller.GetAsync(sql, values);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var row = answer.Json.GetProperty("rows")[0];
        Assert.Equal(20_001, row.GetProperty("geom").GetProperty("coordinates")[0].GetArrayLength());
        Assert.Equal(7, row.GetProperty("after").GetInt32());
    }

    [Fact]
    public async Task Order_of_the_statement_is_the_order_of_the_answer()
    {
        var answer = await fixture.Host.Caller.GetAsync("SELECT i FROM generate_series(1, 5000) i ORDER BY i * 7919 % 5003 DESC");

        var expected = Enumerable.Range(1, 5000).OrderByDescending(i => i * 7919 % 5003);
        Assert.Equal(expected, answer.Json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("i").GetInt32()));
    }

    [Theory]
    [InlineData("SELECT pg_sleep(60)")]
    [InlineData("SELECT count(*) FROM generate_series(1, 10000) a, generate_series(1, 10000) b, generate_series(1, 10000) c")]
    [InlineData("SELECT i, pg_sleep(0.1) FROM generate_series(1, 1000) i")]
    [InlineData("SELECT set_config('statement_timeout', '0', false), pg_sleep(60)")]
    public async Task Query_over_the_time_limit_is_408_and_stops_in_the_database(string sql)
    {
        using var host = fixture.Start(("Sql:Limits:TimeLimit", "00:00:00.5"));

        var answer = await host.Caller.GetAsync(Marked(sql, $"timed {sql.Length}"));

        Assert.Equal(HttpStatusCode.RequestTimeout, answer.Status);
        Assert.Equal("The query ran longer than 0.5 seconds", answer.Error);
        await AssertStoppedAsync($"timed {sql.Length}");
    }

    [Fact]
    public async Task Statement_limit_of_the_pool_is_408_too()
    {
        using var host = fixture.Start(("Pools:StatementTimeLimit", "00:00:01"));

        Assert.Equal(HttpStatusCode.RequestTimeout, (await host.Caller.GetAsync("SELECT pg_sleep(60)")).Status);
    }

    [Theory]
    [InlineData("SELECT pg_sleep(600)")]
    [InlineData("SELECT count(*) FROM generate_series(1, 10000) a, generate_series(1, 10000) b, generate_series(1, 10000) c")]
    public async Task Caller_who_leaves_stops_the_statement(string sql)
    {
        using var leave = new CancellationTokenSource();
        var request = fixture.Host.Caller.Http.GetAsync(SqlClient.Url(Marked(sql, $"left {sql.Length}")), leave.Token);
        await WaitForAsync(async () => await CountAsync($"left {sql.Length}") == 1);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync($"left {sql.Length}");
    }

    [Theory]
    [InlineData("repeat('x', 5000)")]
    [InlineData("1, NULL, repeat('x', 2000), 2, repeat('y', 2000), 3, repeat('z', 1000)")]
    [InlineData("repeat('x', 100000)")]
    public async Task Caller_who_leaves_while_half_a_row_has_come_stops_the_statement(string columns)
    {
        using var leave = new CancellationTokenSource();
        var request = fixture.Host.Caller.Http.GetAsync(SqlClient.Url(Marked(HalfRow(columns), $"half {columns.Length}")), leave.Token);
        await WaitForAsync(async () => await CountAsync($"half {columns.Length}", "PgSleep") == 1);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync($"half {columns.Length}");
        Assert.Equal(HttpStatusCode.OK, (await fixture.Host.Caller.GetAsync("SELECT 1")).Status);
    }

    [Fact]
    public async Task Half_a_row_over_the_time_limit_is_408_and_stops_in_the_database()
    {
        using var host = fixture.Start(("Sql:Limits:TimeLimit", "00:00:00.5"));

        var answer = await host.Caller.GetAsync(Marked(HalfRow("1, repeat('x', 5000)"), "half timed"));

        Assert.Equal((HttpStatusCode.RequestTimeout, "The query ran longer than 0.5 seconds"), (answer.Status, answer.Error));
        await AssertStoppedAsync("half timed");
    }

    [Fact]
    public async Task Caller_who_stops_reading_and_leaves_stops_the_statement()
    {
        var sql = Marked("SELECT repeat('x', 10000) FROM generate_series(1, 199999)", "unread");
        var response = await fixture.Host.Caller.Http.GetAsync(SqlClient.Url(sql), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(1, await CountAsync("unread"));

        response.Dispose();

        await AssertStoppedAsync("unread");
    }

    [Fact]
    public async Task Many_callers_who_leave_cost_no_connection()
    {
        for (var round = 0; round < 200; round++)
        {
            using var leave = new CancellationTokenSource();
            var request = fixture.Host.Caller.Http.GetAsync(SqlClient.Url(Marked("SELECT pg_sleep(600)", "many")), leave.Token);
            await WaitForAsync(async () => await CountAsync("many") == 1);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        await AssertStoppedAsync("many");
        // All connections of the pool at once: none is lost, or still busy with what nobody waits for.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fixture.Host.Caller.GetAsync("SELECT pg_sleep(0.05)")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(0, await fixture.Database.Owner.CreateCommand(
            "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Slow_queries_on_one_connection_do_not_stop_another()
    {
        using var host = fixture.Start(("Sql:Limits:WaitLimit", "00:05:00"));
        fixture.AddConnection("beside");
        using var leave = new CancellationTokenSource();
        var url = SqlClient.Url(Marked("SELECT pg_sleep(600)", "hundred"));
        var crowd = Enumerable.Range(0, 100).Select(_ => host.Caller.Http.GetAsync(url, leave.Token)).ToList();
        await WaitForAsync(async () => await CountAsync("hundred") >= 2);

        for (var again = 0; again < 10; again++)
            Assert.Equal(HttpStatusCode.OK, (await host.Owner.PostAsync("SELECT 1", connection: "beside")).Status);

        await leave.CancelAsync();
        foreach (var request in crowd) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync("hundred");
    }

    [Fact]
    public async Task Table_that_changes_between_two_queries_is_seen_as_it_is()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE changing (id int); INSERT INTO changing VALUES (1)");
        for (var again = 0; again < 4; again++) Assert.Equal("""[{"id":1}]""", (await fixture.Host.Caller.GetAsync("SELECT * FROM changing")).Rows);

        await fixture.Database.ExecuteAsync("ALTER TABLE changing ADD COLUMN name text DEFAULT 'x'");
        for (var again = 0; again < 4; again++) Assert.Equal("""[{"id":1,"name":"x"}]""", (await fixture.Host.Caller.GetAsync("SELECT * FROM changing")).Rows);

        await fixture.Database.ExecuteAsync("ALTER TABLE changing ALTER id TYPE text");
        for (var again = 0; again < 4; again++) Assert.Equal("""[{"id":"1","name":"x"}]""", (await fixture.Host.Caller.GetAsync("SELECT * FROM changing")).Rows);
    }

    [Fact]
    public async Task Same_query_by_many_at_once_answers_each()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => fixture.Host.Caller.GetAsync("SELECT $1 AS v, pg_sleep(0.01)", $"[{i}]")));

        for (var i = 0; i < answers.Length; i++) Assert.Equal(i, answers[i].Json.GetProperty("rows")[0].GetProperty("v").GetInt32());
    }

    [Fact]
    public async Task Slow_queries_leave_connections_free_and_too_many_are_answered_503()
    {
        using var host = fixture.Start(("Sql:Limits:MaxConcurrent", "3"), ("Sql:Limits:MaxWaiting", "3"), ("Pools:MaxConnections", "5"));
        using var leave = new CancellationTokenSource();
        var url = SqlClient.Url(Marked("SELECT pg_sleep(600)", "crowd"));
        var crowd = Enumerable.Range(0, 5).Select(_ => host.Caller.Http.GetAsync(url, leave.Token)).ToList();
        await WaitForAsync(async () => await CountAsync("crowd") == 2);

        await WaitForAsync(async () => (await host.Caller.Http.GetAsync(SqlClient.Url("SELECT 1"), HttpCompletionOption.ResponseHeadersRead)).StatusCode == HttpStatusCode.ServiceUnavailable);
        var refused = await host.Caller.GetAsync("SELECT 1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Equal("1", refused.Message.Headers.RetryAfter?.ToString());
        Assert.Equal(2, await CountAsync("crowd"));
        await leave.CancelAsync();
        foreach (var request in crowd) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync("crowd");
        await WaitForAsync(async () => (await host.Caller.GetAsync("SELECT 1")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Slow_queries_of_one_token_do_not_keep_another_from_its_turn()
    {
        using var host = fixture.Start(("Sql:Limits:MaxConcurrent", "3"), ("Sql:Limits:WaitLimit", "00:05:00"));
        using var leave = new CancellationTokenSource();
        var url = SqlClient.Url(Marked("SELECT pg_sleep(600)", "greedy"));
        var crowd = Enumerable.Range(0, 90).Select(_ => host.Caller.Http.GetAsync(url, leave.Token)).ToList();
        await WaitForAsync(async () => await CountAsync("greedy") == 2);

        for (var again = 0; again < 20; again++) Assert.Equal(HttpStatusCode.OK, (await host.Owner.GetAsync("SELECT 1")).Status);
        var model = await host.Owner.Http.GetAsync(new Uri(
            "/v3/sql/main/model/formula?type=query&source=SELECT%201%20AS%20x&params=%7B%22operation%22%3A%22count%22%7D", UriKind.Relative));
        var stats = await host.Owner.Http.GetAsync(new Uri("/v3/stats/main/x?q=SELECT%201%20AS%20x", UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (model.StatusCode, stats.StatusCode));
        Assert.Equal(2, await CountAsync("greedy"));
        await leave.CancelAsync();
        foreach (var request in crowd) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync("greedy");
    }

    [Fact]
    public async Task Slow_queries_of_many_tokens_stop_no_other_connection_and_those_without_a_turn_are_503()
    {
        using var host = fixture.Start(("Sql:Limits:MaxConcurrent", "3"), ("Sql:Limits:MaxWaiting", "20"), ("Sql:Limits:WaitLimit", "00:05:00"), ("Pools:MaxConnections", "5"));
        fixture.AddConnection("apart");
        using var leave = new CancellationTokenSource();
        var url = SqlClient.Url(Marked("SELECT pg_sleep(600)", "tokens"));
        var crowd = Enumerable.Range(0, 100).Select(_ => Caller()).Select(caller => caller.Http.GetAsync(url, leave.Token)).ToList();

        // Three run and twenty wait; whoever comes then is told at once when to try again.
        await WaitForAsync(() => Task.FromResult(crowd.Count(request => request.IsCompleted) == 77));
        var refused = crowd.Where(request => request.IsCompleted).ToList();
        foreach (var request in refused)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await request).StatusCode);
            Assert.Equal("1", (await request).Headers.RetryAfter?.ToString());
        }

        await WaitForAsync(async () => await CountAsync("tokens") == 3);
        for (var again = 0; again < 10; again++) Assert.Equal(HttpStatusCode.OK, (await host.Owner.PostAsync("SELECT 1", connection: "apart")).Status);
        await leave.CancelAsync();
        foreach (var request in crowd.Except(refused)) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync("tokens");

        SqlClient Caller()
        {
            var token = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection));
            fixture.Add(token);
            return host.As(token);
        }
    }

    [Fact]
    public async Task Query_that_waits_too_long_is_answered_503()
    {
        using var host = fixture.Start(("Sql:Limits:MaxConcurrent", "1"), ("Sql:Limits:WaitLimit", "00:00:00.2"));
        using var leave = new CancellationTokenSource();
        var slow = host.Caller.Http.GetAsync(SqlClient.Url(Marked("SELECT pg_sleep(600)", "slow")), leave.Token);
        await WaitForAsync(async () => await CountAsync("slow") == 1);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Caller.GetAsync("SELECT 1")).Status);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
    }

    [Fact]
    public async Task Pool_without_a_free_connection_is_503()
    {
        using var host = fixture.Start(("Pools:MaxConnections", "1"), ("Pools:AcquireTimeLimit", "00:00:01"));
        using var leave = new CancellationTokenSource();
        var slow = host.Caller.Http.GetAsync(SqlClient.Url(Marked("SELECT pg_sleep(600)", "only")), leave.Token);
        await WaitForAsync(async () => await CountAsync("only") == 1);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Caller.GetAsync("SELECT 1")).Status);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
    }

    [Fact]
    public async Task Database_out_of_reach_is_503_and_an_answer_again_when_it_is_back()
    {
        fixture.AddConnection("away");
        var here = fixture.Workspace.Connections["away"];
        fixture.Workspace.Connections["away"] = here with { Id = Guid.NewGuid(), ReaderConnectionString = here.ReaderConnectionString + ";Port=1" };
        using var host = fixture.Start();

        var away = await host.Owner.PostAsync("SELECT 1", connection: "away");
        fixture.Workspace.Connections["away"] = here with { Revision = 2 };

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.Status);
        Assert.DoesNotContain("127.0.0.1", away.Body, StringComparison.Ordinal);
        await WaitForAsync(async () => (await host.Owner.PostAsync("SELECT 1", connection: "away")).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Connection_that_the_database_has_ended_does_not_stop_the_next_query()
    {
        using var host = fixture.Start();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Caller.GetAsync("SELECT pg_sleep(0.01)")));
        await using (var admin = Npgsql.NpgsqlDataSource.Create(fixture.Database.AdminConnectionString))
        await using (var command = admin.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE '%reader'"))
            await command.ExecuteNonQueryAsync();

        Assert.Equal(HttpStatusCode.OK, (await host.Caller.GetAsync("SELECT 1")).Status);
    }

    /// <summary>With a comment by which <c>pg_stat_activity</c> shows it; inside, because those at the ends are left out.</summary>
    private static string Marked(string sql, string mark) => sql.Replace("SELECT", $"SELECT /* {mark} */", StringComparison.Ordinal);

    /// <summary>PostgreSQL sends pieces of 8 KB: the end of the second row lies in the one that begins after the sleep.</summary>
    private static string HalfRow(string columns) =>
        $"SELECT {columns} FROM generate_series(1, 3) AS i WHERE pg_sleep(CASE WHEN i = 3 THEN 600 ELSE 0 END) IS NOT NULL";

    private async Task AssertStoppedAsync(string mark) => await WaitForAsync(async () => await CountAsync(mark) == 0);

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Wait);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    private async Task<long> CountAsync(string mark, string? waitsFor = null)
    {
        await using var command = fixture.Database.Owner.CreateCommand(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid() AND ($2::text IS NULL OR wait_event = $2)
            """);
        command.Parameters.AddWithValue($"/* {mark} */");
        command.Parameters.AddWithValue((object?)waitsFor ?? DBNull.Value);
        return (long)(await command.ExecuteScalarAsync() ?? throw new JsonException());
    }
}
