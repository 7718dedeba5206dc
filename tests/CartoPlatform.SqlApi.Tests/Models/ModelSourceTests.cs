using System.Net;
using System.Text.Json.Nodes;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>What holds for every model: sources, filters, spellings of a request, permission, limits.</summary>
public sealed class ModelSourceTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private const string Count = """{"operation":"count"}""";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    private SqlClient Caller => fixture.Host.Caller;

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        WidgetTable.Sql + """"
        CREATE SCHEMA IF NOT EXISTS "Odd ""schema""";
        CREATE TABLE IF NOT EXISTS "Odd ""schema"""."sélect.x" ("from" int, "FROM" int, geom geometry);
        TRUNCATE "Odd ""schema"""."sélect.x";
        INSERT INTO "Odd ""schema"""."sélect.x" VALUES (1, 2, NULL);
        GRANT USAGE ON SCHEMA "Odd ""schema""" TO PUBLIC;
        GRANT SELECT ON ALL TABLES IN SCHEMA "Odd ""schema""" TO PUBLIC;
        """");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("shops")]
    [InlineData("public.shops")]
    [InlineData("\"shops\"")]
    [InlineData("SELECT * FROM shops")]
    [InlineData("SELECT * FROM shops; ; -- the end")]
    [InlineData("/* a */ SELECT * FROM shops -- the end")]
    [InlineData("WITH t AS (SELECT * FROM shops) SELECT * FROM t ORDER BY id LIMIT 100")]
    [InlineData("TABLE shops")]
    [InlineData("SELECT 1 AS a, 2 AS a, id FROM shops")]
    public async Task Source_is_a_table_or_any_statement_that_reads(string source) =>
        Assert.Equal("""[{"value":6}]""", await Caller.RowsAsync("formula", source, Count));

    [Fact]
    public async Task Names_that_need_quotes_work_as_source_and_column() => Assert.Equal(
        """[{"from":1,"FROM":2}]""", await Caller.RowsAsync("table", "\"Odd \"\"schema\"\"\".\"sélect.x\"", """{"column":["from","FROM"]}""", ("type", "table")));

    [Theory]
    [InlineData("formula", """{"column":"value","operation":"sum"}""")]
    [InlineData("category", """{"column":"name","operation":"avg","operationColumn":"rank","othersThreshold":1}""")]
    [InlineData("category", """{"column":"name","operation":"custom","operationExp":"sum(\"value\")","othersThreshold":1}""")]
    [InlineData("histogram", """{"column":"s","ticks":[1]}""")]
    [InlineData("range", """{"column":"categories"}""")]
    [InlineData("scatterplot", """{"xAxisColumn":"s","yAxisColumn":"g"}""")]
    [InlineData("table", """{"column":["s","total","present","v1","ctid"],"sortBy":"total"}""")]
    [InlineData("timeseries", """{"column":"t","operation":"sum","operationColumn":"rows","stepSize":"day","splitByCategory":"category"}""")]
    [InlineData("aggregations", """{"aggregations":[{"column":"q","operation":"sum","alias":"q"}]}""")]
    public async Task Columns_called_as_something_in_the_statements_are_columns(string model, string parameters)
    {
        const string Sql = """
            SELECT 1 AS s, 2 AS g, 3 AS h, 4 AS r, 5 AS q, 6 AS value, 'x' AS name, 7 AS rank, 8 AS total, true AS present, 9 AS v1, 10 AS categories,
                   'y' AS category, 11 AS rows, now() AS t, 12 AS ctid, 13 AS part_sum, 14 AS part_count, 15 AS c1, 16 AS ranked
            """;

        var answer = await Caller.ModelAsync(model, Sql, parameters);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(1, answer.Json.GetProperty("rows").GetArrayLength());
        Assert.DoesNotContain("null", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Placeholders_take_values_by_position_and_by_name()
    {
        Assert.Equal("""[{"value":2}]""", await Caller.RowsAsync("formula", "SELECT * FROM shops WHERE id < $1", Count, ("queryParameters", "[3]")));
        Assert.Equal("""[{"value":2}]""", await Caller.RowsAsync("formula", "SELECT * FROM shops WHERE kind = @kind", Count, ("queryParameters", """{"kind":"market"}""")));
        Assert.Equal("""[{"value":1}]""", await Caller.RowsAsync(
            "formula", "SELECT * FROM shops WHERE id < $1", Count, ("queryParameters", "[3]"), ("filters", """{"id":{"in":{"values":[2]}}}""")));
    }

    [Fact]
    public async Task Get_and_post_answer_alike()
    {
        var body = JsonNode.Parse(
            """
            {"type":"query","client":"x","source":"SELECT * FROM shops WHERE id <= $1","params":{"column":"id","operation":"sum"},"queryParameters":[4],
             "filters":{"id":{"between":{"values":[[2,null]]}}},"filtersLogicalOperator":"AND","spatialDataType":"geo","spatialDataColumn":"geom",
             "spatialFilters":{"geom":{"type":"Polygon","coordinates":[[[5,5],[25,5],[25,25],[5,25],[5,5]]]}},"tag-mapId":"x","unknown":null}
            """)!.AsObject();
        var parameters = body.Where(member => member.Value is not null).Select(member => (member.Key, member.Value is JsonValue text ? text.GetValue<string>() : member.Value!.ToJsonString())).ToList();

        var got = await SqlAnswer.ReadAsync(await Caller.Http.GetAsync(new Uri(
            $"/v3/sql/main/model/formula?{string.Join('&', parameters.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Item2)}"))}", UriKind.Relative)));
        var posted = await Caller.PostModelAsync("formula", body);

        Assert.Equal("""{"rows":[{"value":5}]}""", got.Body);
        Assert.Equal(got.Body, posted.Body);
        Assert.Equal("private, no-cache", got.Message.Headers.CacheControl?.ToString()?.Replace("no-cache, private", "private, no-cache", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Head_has_the_headers_of_get_and_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri($"/v3/sql/main/model/formula?type=table&source=shops&params={Uri.EscapeDataString(Count)}", UriKind.Relative));
        using var answer = await Caller.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(22, answer.Content.Headers.ContentLength);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("and", 1)]
    [InlineData("AND", 1)]
    [InlineData("or", 4)]
    [InlineData("OR", 4)]
    public async Task Filters_of_columns_go_together_as_asked(string together, int count) => Assert.Equal(
        $$"""[{"value":{{count}}}]""",
        await Caller.RowsAsync("formula", "shops", Count, ("filtersLogicalOperator", together), ("filters", """{"id":{"in":{"values":[1,3,6]}},"kind":{"in":{"values":["market"]}}}""")));

    [Theory]
    [InlineData("formula", "type", "tileset")]
    [InlineData("formula", "type", "")]
    [InlineData("formula", "source", "")]
    [InlineData("formula", "source", "a.b.c.d")]
    [InlineData("formula", "params", "{")]
    [InlineData("formula", "params", "[]")]
    [InlineData("formula", "params", """{"a":1,"a":2}""")]
    [InlineData("formula", "filters", "1")]
    [InlineData("formula", "filters", """{"nowhere":{"in":{"values":[1]}}}""")]
    [InlineData("formula", "filters", """{"id":{"like":{"values":[1]}}}""")]
    [InlineData("formula", "filtersLogicalOperator", "xor")]
    [InlineData("formula", "queryParameters", "{")]
    [InlineData("formula", "spatialDataType", "raster")]
    [InlineData("formula", "spatialFiltersMode", "near")]
    [InlineData("formula", "spatialFiltersResolution", "-1")]
    [InlineData("formula", "spatialFilters", "[]")]
    public async Task Parameter_that_makes_no_sense_is_400(string model, string name, string value)
    {
        var parameters = new Dictionary<string, string> { ["type"] = "table", ["source"] = "shops", ["params"] = Count, [name] = value };
        var answer = await SqlAnswer.ReadAsync(await Caller.Http.GetAsync(new Uri(
            $"/v3/sql/main/model/{model}?{string.Join('&', parameters.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"))}", UriKind.Relative)));

        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Body);
        Assert.NotEmpty(answer.Error);
    }

    [Theory]
    [InlineData("SELEC 1", HttpStatusCode.BadRequest)]
    [InlineData("SELECT 1 AS a; SELECT 2", HttpStatusCode.BadRequest)]
    [InlineData("SELECT 1) AS s; DELETE FROM shops; SELECT * FROM (SELECT 1", HttpStatusCode.BadRequest)]
    [InlineData("DELETE FROM shops", HttpStatusCode.BadRequest)]
    [InlineData("DELETE FROM shops RETURNING id", HttpStatusCode.BadRequest)]
    [InlineData("WITH d AS (DELETE FROM shops RETURNING id) SELECT * FROM d", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM shops FOR UPDATE", HttpStatusCode.Forbidden)]
    [InlineData("SELECT 1/0 AS a", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM nowhere", HttpStatusCode.BadRequest)]
    [InlineData("SELECT $1 AS a", HttpStatusCode.BadRequest)]
    [InlineData("SELECT passwd FROM pg_shadow", HttpStatusCode.Forbidden)]
    [InlineData("SELECT pg_read_file('/etc/passwd') AS a", HttpStatusCode.Forbidden)]
    public async Task Statement_that_is_wrong_or_does_more_than_read_is_refused(string sql, HttpStatusCode status)
    {
        foreach (var client in (SqlClient[])[Caller, fixture.Host.Owner])
        {
            var answer = await client.ModelAsync("category", sql, """{"column":"a","operation":"count"}""");
            Assert.True(answer.Status == status || answer.Status == HttpStatusCode.BadRequest, $"{(int)answer.Status} {answer.Body}");
            Assert.NotEmpty(answer.Error);
        }

        Assert.Equal("""[{"value":6}]""", await Caller.RowsAsync("formula", "shops", Count));
    }

    [Fact]
    public async Task Unknown_model_table_and_connection_are_404()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await Caller.ModelAsync("median", "shops", Count)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Caller.ModelAsync("formula", "nowhere", Count)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Host.Owner.PostModelAsync("formula", new JsonObject { ["type"] = "table", ["source"] = "x" }, "nowhere")).Status);
    }

    [Theory]
    [InlineData("main", "*", "sql", true, true)]
    [InlineData("main", "*", "maps", true, true)]
    [InlineData("main", "*", "lds", false, false)]
    [InlineData("main", "public.shops", "sql", true, false)]
    [InlineData("main", "public.*", "sql", true, false)]
    [InlineData("main", "SELECT * FROM shops", "sql", false, true)]
    [InlineData("main", "public.nothing", "sql", false, false)]
    [InlineData("other", "*", "sql", false, false)]
    public async Task Grant_decides(string connection, string source, string api, bool readsTable, bool readsQuery)
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(connection, source)) with { AllowedApis = [api] };
        fixture.Add(token);
        var client = fixture.Host.As(token);

        Assert.Equal(readsTable ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await client.ModelAsync("formula", "shops", Count)).Status);
        Assert.Equal(readsQuery ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await client.ModelAsync("formula", "SELECT * FROM shops", Count)).Status);
        // Who may not read learns nothing, not even that there is no such table.
        if (connection == "other") Assert.Equal(HttpStatusCode.Forbidden, (await client.ModelAsync("formula", "nowhere", Count)).Status);
    }

    [Fact]
    public async Task Request_without_token_is_401() =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await fixture.Host.Anonymous.ModelAsync("formula", "shops", Count)).Status);

    [Fact]
    public async Task Table_that_changes_between_two_models_is_seen_as_it_is()
    {
        await fixture.Database.ExecuteAsync("DROP TABLE IF EXISTS changing; CREATE TABLE changing AS SELECT 1 AS n; GRANT SELECT ON changing TO PUBLIC");
        Assert.Equal("""[{"min":1,"max":1}]""", await Caller.RowsAsync("range", "changing", """{"column":"n"}"""));
        Assert.Equal("""[{"min":1,"max":1}]""", await Caller.RowsAsync("range", "SELECT * FROM changing", """{"column":"n"}"""));

        await fixture.Database.ExecuteAsync("DROP TABLE changing; CREATE TABLE changing AS SELECT 'x' AS t, 2.5::float8 AS n; GRANT SELECT ON changing TO PUBLIC");
        Assert.Equal("""[{"min":2.5,"max":2.5}]""", await Caller.RowsAsync("range", "changing", """{"column":"n"}"""));
        await fixture.Database.ExecuteAsync("ALTER TABLE changing RENAME n TO m");
        Assert.Equal("n", (await Caller.ModelAsync("range", "changing", """{"column":"n"}""")).Json.GetProperty("column_name").GetString());
    }

    [Fact]
    public async Task Model_over_the_time_limit_is_408_and_stops_in_the_database()
    {
        using var host = fixture.Start(("Sql:Limits:TimeLimit", "00:00:00.5"));

        var answer = await host.Caller.ModelAsync("formula", "SELECT /* slow model */ pg_sleep(60) FROM generate_series(1, 2)", Count);

        Assert.Equal(HttpStatusCode.RequestTimeout, answer.Status);
        await AssertStoppedAsync("slow model");
    }

    [Fact]
    public async Task Caller_who_leaves_stops_the_statement()
    {
        using var leave = new CancellationTokenSource();
        var sql = Uri.EscapeDataString("SELECT /* left model */ a.n AS n FROM generate_series(1, 100000) AS a(n), generate_series(1, 100000) AS b(n)");
        var request = Caller.Http.GetAsync(new Uri($"/v3/sql/main/model/range?type=query&source={sql}&params={Uri.EscapeDataString("""{"column":"n"}""")}", UriKind.Relative), leave.Token);
        await WaitForAsync(async () => await CountAsync("left model") == 1);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await AssertStoppedAsync("left model");
    }

    [Fact]
    public async Task Too_many_models_at_once_are_503()
    {
        using var host = fixture.Start(("Sql:Limits:MaxConcurrent", "1"), ("Sql:Limits:MaxWaiting", "0"));
        using var leave = new CancellationTokenSource();
        var slow = host.Caller.Http.GetAsync(SqlClient.Url("SELECT /* crowd of models */ pg_sleep(600)"), leave.Token);
        await WaitForAsync(async () => await CountAsync("crowd of models") == 1);

        var answer = await host.Caller.ModelAsync("formula", "shops", Count);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("1", answer.Message.Headers.RetryAfter?.ToString());
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
    }

    private Task AssertStoppedAsync(string mark) => WaitForAsync(async () => await CountAsync(mark) == 0);

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Wait);
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    private async Task<long> CountAsync(string mark)
    {
        await using var command = fixture.Database.Owner.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid()");
        command.Parameters.AddWithValue($"/* {mark} */");
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }
}
