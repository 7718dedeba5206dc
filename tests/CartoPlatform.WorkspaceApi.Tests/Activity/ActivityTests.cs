using System.Net;
using System.Net.Http.Json;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Activity;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Activity;

public sealed class ActivityTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private readonly Guid _token = Guid.NewGuid();

    private DateTimeOffset Now => running.Platform.Time.GetUtcNow();

    [Fact]
    public async Task Calls_come_back_as_csv_in_their_order_with_all_that_is_known()
    {
        var account = await AccountAsync();
        await WriteAsync(
            Call(-2) with { AccountId = account, UserId = _token, MapId = "m1", Connection = "carto_dw", Source = "demo.airports", Client = "qgis", Tags = new Dictionary<string, string> { ["team"] = "red, \"hot\"" }, Cache = "HIT", Rows = 7 },
            Call(-1) with { AccountId = account, Status = 404, Bytes = 0 });

        var lines = (await ReadAsync($"token={_token}")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("at,caller,token_id,user_id,map_id,method,api,operation,connection,source,client,tags,status,cache,duration_ms,rows,bytes", lines[0]);
        Assert.Equal($"2026-03-14T11:58:00.000000Z,token,{_token},{_token},m1,GET,maps,table/tile,carto_dw,demo.airports,qgis,\"{{\"\"team\"\": \"\"red, \\\"\"hot\\\"\"\"\"}}\",200,HIT,1.5,7,1000", lines[1]);
        Assert.Equal($"2026-03-14T11:59:00.000000Z,token,{_token},,,GET,maps,table/tile,,,,,404,,1.5,,0", lines[2]);
        Assert.Equal(3, lines.Length);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("status=4xx", 2)]
    [InlineData("status=429", 1)]
    [InlineData("map=2F1C7F0E-6D0B-4C55-9A3E-0C1B8A7D4E22", 1)]
    [InlineData("client=qgis", 2)]
    [InlineData("tag=team", 2)]
    [InlineData("tag=team:red", 1)]
    [InlineData("tag=team:'%20OR%20true", 0)]
    [InlineData("cache=HIT&client=qgis", 1)]
    [InlineData("from=2026-03-14T11:58:00Z", 2)]
    [InlineData("to=2026-03-14T11:58:00Z", 3)]
    [InlineData("from=2026-03-14T11:57:00Z&to=2026-03-14T11:58:00Z", 1)]
    [InlineData("source=demo.airports'%3B--", 0)]
    public async Task Filters_and_times_choose_calls(string filter, int expected)
    {
        await WriteAsync(
            Call(-5), Call(-4) with { Client = "qgis", Status = 429 }, Call(-3) with { Client = "qgis", Cache = "HIT", MapId = "2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e22" },
            Call(-2) with { Tags = new Dictionary<string, string> { ["team"] = "red" }, Status = 401 }, Call(-1) with { Tags = new Dictionary<string, string> { ["team"] = "blue" } });

        var lines = (await ReadAsync($"token={_token}&{filter}")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(expected, lines.Length - 1);
    }

    [Theory]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-03-15&to=2026-03-14")]
    [InlineData("token=me")]
    [InlineData("status=ok")]
    [InlineData("status=6xx")]
    [InlineData("client=%00")]
    [InlineData("caller=tokens")]
    [InlineData("cache=MISSED")]
    [InlineData("map=m1")]
    [InlineData("caller=token,map")]
    public async Task Filter_that_cannot_be_read_is_an_error(string filter)
    {
        var (status, answer) = await running.Service.SendAsync(HttpMethod.Get, $"/v3/activity?{filter}", running.Platform.ReadOwnerToken());

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(answer.GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task Label_that_is_a_formula_is_none_in_a_spreadsheet()
    {
        await WriteAsync(Call(-1) with { Client = "=HYPERLINK(\"http://evil\")", Source = "@SUM(1)" });

        var csv = await ReadAsync($"token={_token}");

        Assert.Contains(",\"'@SUM(1)\",\"'=HYPERLINK(\"\"http://evil\"\")\",", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_that_comes_twice_counts_once_and_sums_add_up()
    {
        var (account, month) = (await AccountAsync(), new DateOnly(2026, 3, 1));
        var batch = new ActivityBatch(Guid.NewGuid(), [Call(-1)], [new UsageRecord(month, account, _token, "token", 3, 10, 500)]);

        await PostAsync(batch);
        var receipt = await PostAsync(batch);
        receipt = await PostAsync(batch with { Id = Guid.NewGuid(), Calls = [] });

        Assert.Equal(new UsageRecord(month, account, _token, "token", 6, 20, 1_000), Assert.Single(receipt.Usage));
        Assert.Equal(2, (await ReadAsync($"token={_token}")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        var (_, usage) = await running.Service.SendAsync(HttpMethod.Get, "/v3/usage?month=2026-03", running.Platform.ReadOwnerToken());
        var line = Assert.Single(usage.GetProperty("callers").EnumerateArray(), caller => caller.GetProperty("id").GetGuid() == _token);
        Assert.Equal((6, 20, 1_000), (line.GetProperty("requests").GetInt64(), line.GetProperty("rows").GetInt64(), line.GetProperty("bytes").GetInt64()));
    }

    [Fact]
    public async Task Edges_that_write_at_once_lose_and_deadlock_nothing()
    {
        var account = await AccountAsync();
        var callers = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToArray();
        UsageRecord Usage(Guid caller) => new(new DateOnly(2026, 3, 1), account, caller, "token", 1, 0, 1);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(edge => PostAsync(new ActivityBatch(
            Guid.NewGuid(), [.. Enumerable.Range(0, 50).Select(_ => Call(-1))], [.. (edge % 2 == 0 ? callers : callers.Reverse()).Select(Usage)]))));

        Assert.Equal(400, await running.Platform.AskAsync<long>($"SELECT count(*) FROM platform.activity WHERE token_id = '{_token}'"));
        Assert.Equal(160, await running.Platform.AskAsync<long>($"SELECT sum(requests)::bigint FROM platform.usage WHERE caller_id IN ('{string.Join("','", callers)}')"));
    }

    [Fact]
    public async Task Edge_whose_clock_is_wrong_fills_no_far_days()
    {
        await WriteAsync(Call(0) with { At = Now.AddYears(50) }, Call(0) with { At = DateTimeOffset.UnixEpoch });

        Assert.Equal(2, await running.Platform.AskAsync<long>($"SELECT count(*) FROM platform.activity WHERE token_id = '{_token}' AND at = '2026-03-14 12:00+00'"));
    }

    [Fact]
    public async Task Api_access_token_reads_no_activity()
    {
        var (_, made) = await running.Service.SendAsync(HttpMethod.Post, "/v3/tokens", running.Platform.ReadOwnerToken(), new { grants = new[] { new { connection_name = "*" } } });
        var text = made.GetProperty("token").GetString();

        Assert.Equal(HttpStatusCode.Forbidden, (await running.Service.SendAsync(HttpMethod.Get, "/v3/activity", text)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await running.Service.SendAsync(HttpMethod.Get, "/v3/usage", text)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await running.Service.SendAsync(HttpMethod.Get, "/v3/activity", null)).Status);
    }

    [Fact]
    public async Task Days_end_when_they_are_old_enough_and_one_that_is_read_waits()
    {
        await running.Service.Get<ActivityPartitions>().EnsureAsync([new DateOnly(2026, 2, 1), new DateOnly(2026, 2, 2), new DateOnly(2026, 3, 1)], CancellationToken.None);
        var partitions = running.Service.Get<ActivityPartitions>();
        await using (var reader = await running.Database.Owner.OpenConnectionAsync())
        await using (await reader.BeginTransactionAsync())
        {
            await using var read = reader.CreateCommand();
            read.CommandText = "SELECT count(*) FROM platform.activity_20260201";
            await read.ExecuteScalarAsync();
            // Of the two old days, the one that nobody reads.
            Assert.Equal(1, await partitions.DropBeforeAsync(new DateOnly(2026, 3, 1), CancellationToken.None));
        }

        Assert.Equal(1, await partitions.DropBeforeAsync(new DateOnly(2026, 3, 1), CancellationToken.None));
        Assert.Equal(1, await running.Platform.AskAsync<long>("SELECT count(*) FROM pg_class WHERE relname IN ('activity_20260201', 'activity_20260202', 'activity_20260301')"));
    }

    private ActivityRecord Call(int minutes) => new()
    {
        At = Now.AddMinutes(minutes),
        CallerKind = "token",
        TokenId = _token,
        Method = "GET",
        Api = "maps",
        Operation = "table/tile",
        Status = 200,
        Microseconds = 1_500,
        Bytes = 1_000,
    };

    private Task<Guid> AccountAsync() => running.Platform.AskAsync<Guid>("SELECT id FROM platform.accounts LIMIT 1");

    private Task<ActivityReceipt> WriteAsync(params ActivityRecord[] calls) => PostAsync(new ActivityBatch(Guid.NewGuid(), calls, []));

    private async Task<ActivityReceipt> PostAsync(ActivityBatch batch)
    {
        using var client = running.Service.CreateInternalClient();
        using var answer = await client.PostAsJsonAsync(InternalRoutes.Activity, batch, ActivityJson.Default.ActivityBatch);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ActivityJson.Default.ActivityReceipt))!;
    }

    private async Task<string> ReadAsync(string query)
    {
        using var answer = await running.Service.GetAsync($"/v3/activity?{query}", running.Platform.ReadOwnerToken());
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }
}
