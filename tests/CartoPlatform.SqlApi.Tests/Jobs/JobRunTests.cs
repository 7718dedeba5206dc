using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.SqlApi.Tests.Jobs;

/// <summary>Jobs run by one worker.</summary>
public sealed class JobRunTests(JobFixture fixture) : IClassFixture<JobFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private WorkerHost? _worker;

    public async Task InitializeAsync() => _worker = await WorkerHost.StartAsync(fixture);

    public async Task DisposeAsync()
    {
        if (_worker is not null) await _worker.DisposeAsync();
    }

    [Theory]
    [InlineData("CREATE TABLE made_a AS SELECT i FROM generate_series(1, 7) i", 7)]
    [InlineData("CREATE TABLE made_b (id int); INSERT INTO made_b SELECT generate_series(1, 5); UPDATE made_b SET id = 0 WHERE id > 3;", 7)]
    [InlineData("CREATE TABLE made_c (id int)", null)]
    [InlineData("SELECT i FROM generate_series(1, 300000) i", null)]
    [InlineData("DO $$BEGIN PERFORM 1; END$$", null)]
    [InlineData("VACUUM", null)]
    public async Task Job_that_succeeds_says_when_and_how_many_rows_it_changed(string query, int? rows)
    {
        var job = await fixture.Owner.RunAsync(query);

        Assert.Equal("success", Status(job));
        Assert.Equal(rows, job.TryGetProperty("rowsAffected", out var affected) ? affected.GetInt32() : null);
        Assert.True(job.GetProperty("createdAt").GetDateTime() <= job.GetProperty("startedAt").GetDateTime());
        Assert.True(job.GetProperty("startedAt").GetDateTime() <= job.GetProperty("finishedAt").GetDateTime());
        Assert.False(job.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("SELECT * FROM demo.x", "relation \"demo.x\" does not exist")]
    [InlineData("SELEC 1", "syntax error at or near \"SELEC\"")]
    [InlineData("SELECT 1 / 0", "division by zero")]
    [InlineData("DO $$BEGIN RAISE 'no ñ 🗾'; END$$", "no ñ 🗾")]
    [InlineData("COPY pg_class TO STDOUT", "COPY to or from the client cannot be run as a job")]
    [InlineData("COPY made FROM STDIN", "relation \"made\" does not exist")]
    [InlineData("SET ROLE postgres; SELECT 1", null)]
    public async Task Job_that_fails_keeps_what_the_database_said(string query, string? error)
    {
        if (error is null)
        {
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await fixture.Owner.TryCreateAsync(query)).Status);
            return;
        }

        var job = await fixture.Owner.RunAsync(query);

        Assert.Equal("failure", Status(job));
        Assert.Equal(error, job.GetProperty("error").GetString());
        Assert.True(job.TryGetProperty("finishedAt", out _));
    }

    [Theory]
    [InlineData("SELEC 1", 1, 1, 1)]
    [InlineData("-- ñ 🗾\nSELECT 1;\n SELECT $1::int, nothing", 35, 3, 18)]
    public async Task Error_says_where_in_the_whole_text_it_is(string query, int position, int line, int column)
    {
        var job = await fixture.Owner.RunAsync(query, new JsonArray(1));

        Assert.Equal((position, line, column), (job.GetProperty("position").GetInt32(), job.GetProperty("line").GetInt32(), job.GetProperty("column").GetInt32()));
    }

    [Fact]
    public async Task Error_of_a_row_has_no_place() => Assert.False((await fixture.Owner.RunAsync("SELECT 1 / 0")).TryGetProperty("position", out _));

    [Fact]
    public async Task Error_that_is_very_long_is_cut_between_characters()
    {
        var job = await fixture.Owner.RunAsync("DO $$BEGIN RAISE '%', 'x' || repeat('🗾', 5000); END$$");

        Assert.Equal("failure", Status(job));
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("🗾", 999)), job.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Statements_of_a_job_are_done_all_or_none()
    {
        var job = await fixture.Owner.RunAsync("CREATE TABLE half (id int); INSERT INTO half VALUES (1); SELECT 1 / 0");

        Assert.Equal("failure", Status(job));
        Assert.True(await fixture.AskAsync<bool>("SELECT to_regclass('half') IS NULL"));
    }

    [Fact]
    public async Task Values_are_bound_and_never_pasted()
    {
        const string Evil = "'); DROP TABLE bound; --";
        await fixture.ExecuteAsync("CREATE TABLE bound (id int, name text)");

        var byPosition = await fixture.Owner.RunAsync("INSERT INTO bound VALUES ($1, $2)", new JsonArray(1, Evil));
        var byName = await fixture.Owner.RunAsync(
            "CREATE TABLE bound_2 (id int, name text); INSERT INTO bound_2 VALUES (@id, @name); UPDATE bound_2 SET name = name || @id WHERE id = @id::text::int",
            new JsonObject { ["id"] = 2, ["name"] = Evil });

        Assert.Equal("success", Status(byPosition));
        Assert.True(Status(byName) == "success", byName.GetRawText());
        Assert.Equal(Evil, await fixture.AskAsync<string>("SELECT name FROM bound WHERE id = 1"));
        Assert.Equal(Evil + "2", await fixture.AskAsync<string>("SELECT name FROM bound_2 WHERE id = 2"));
    }

    [Fact]
    public async Task Values_and_text_with_a_password_are_not_kept_after_the_end_where_they_need_not_be()
    {
        var id = await fixture.Owner.CreateAsync("SELECT $1::text", new JsonArray("a secret"));
        await fixture.Owner.EndAsync(id);

        Assert.Equal(0L, await fixture.AskAsync<long>("SELECT count(*) FROM platform.jobs WHERE parameters IS NOT NULL AND finished_at IS NOT NULL"));
    }

    [Fact]
    public async Task Procedure_that_commits_runs_outside_of_a_transaction()
    {
        await fixture.ExecuteAsync(
            "CREATE TABLE steps (id int); CREATE PROCEDURE step() LANGUAGE plpgsql AS 'BEGIN INSERT INTO steps VALUES (1); COMMIT; INSERT INTO steps VALUES (2); END'");

        Assert.Equal("success", Status(await fixture.Owner.RunAsync("CALL step()")));
        Assert.Equal(2L, await fixture.AskAsync<long>("SELECT count(*) FROM steps"));
        Assert.Equal("failure", Status(await fixture.Owner.RunAsync("CALL step(); SELECT 1")));
        Assert.Equal(2L, await fixture.AskAsync<long>("SELECT count(*) FROM steps"));
    }

    [Fact]
    public async Task Job_of_a_reader_runs_on_the_login_that_reads()
    {
        await fixture.ExecuteAsync("CREATE FUNCTION write() RETURNS int LANGUAGE sql AS 'CREATE TABLE written (id int); SELECT 1'");

        Assert.Equal("success", Status(await fixture.Caller.RunAsync("SELECT count(*) FROM pg_class")));
        var job = await fixture.Caller.RunAsync("SELECT write()");
        Assert.Equal("failure", Status(job));
        Assert.True(await fixture.AskAsync<bool>("SELECT to_regclass('written') IS NULL"));
    }

    [Fact]
    public async Task Job_may_run_longer_than_a_query()
    {
        var id = await fixture.Owner.CreateAsync("CREATE TABLE settings AS SELECT current_setting('statement_timeout') AS time_limit");
        await fixture.Owner.EndAsync(id);

        Assert.Equal("0", await fixture.AskAsync<string>("SELECT time_limit FROM settings"));
    }

    [Theory]
    [InlineData("SELECT pg_sleep(600) /* cancel 1 */ AS x")]
    [InlineData("SELECT count(*) /* cancel 2 */ FROM generate_series(1, 10000) a, generate_series(1, 10000) b, generate_series(1, 10000) c")]
    [InlineData("DO $$BEGIN /* cancel 3 */ LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END$$")]
    public async Task Running_job_is_cancelled_and_its_statement_stops(string query)
    {
        var id = await fixture.Owner.CreateAsync(query);
        await fixture.Owner.RunsAsync(id);
        await Wait.UntilAsync("the statement runs", async () => await RunningAsync("cancel") > 0, Limit);

        var answer = await fixture.Owner.CancelAsync(id);

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        Assert.Equal("cancelled", Status(await fixture.Owner.EndAsync(id)));
        await Wait.UntilAsync("the statement has stopped", async () => await RunningAsync("cancel") == 0, Limit);
    }

    [Fact]
    public async Task Job_that_has_ended_is_not_changed_by_cancelling()
    {
        var job = await fixture.Owner.RunAsync("SELECT 1");

        var answer = await fixture.Owner.CancelAsync(job.GetProperty("jobId").GetString()!);

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        Assert.Equal(job.GetRawText(), answer.Body);
    }

    [Fact]
    public async Task Job_of_a_revoked_token_does_not_run()
    {
        var token = SqlFixture.Token(isOwner: true, new GrantRecord(SqlFixture.Connection)) with { AccountId = fixture.Sql.Owner.AccountId };
        fixture.Sql.Add(token);
        await _worker!.StopAsync();
        var id = await new JobClient(fixture.Sql.Host.As(token)).CreateAsync("CREATE TABLE revoked (id int)");
        fixture.Sql.Workspace.Tokens.TryRemove(token.Id, out _);
        await using var next = await WorkerHost.StartAsync(fixture);

        var job = await fixture.Owner.EndAsync(id);

        Assert.Equal("failure", Status(job));
        Assert.Equal("The token that the job was made with is no longer valid", job.GetProperty("error").GetString());
        Assert.True(await fixture.AskAsync<bool>("SELECT to_regclass('revoked') IS NULL"));
    }

    private static string Status(JsonElement job) => job.GetProperty("status").GetString()!;

    private Task<long> RunningAsync(string mark) => fixture.AskAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%/* {mark}%' AND pid <> pg_backend_pid()");
}
