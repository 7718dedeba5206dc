using System.Text.Json;
using CartoPlatform.SqlApi.Tests.Hosting;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.SqlApi.Tests.Jobs;

/// <summary>Workers that die, stop, or come in twos: whatever happens, a job takes effect once or says that this is not known.</summary>
public sealed class JobRecoveryTests(JobFixture fixture) : IClassFixture<JobFixture>, IAsyncLifetime
{
    private const string Marker = "SELECT system_identifier::text || '/' || pg_current_xact_id()::text FROM pg_control_system()";

    // How long the statement takes is in a table, so that an attempt can be slow and the next one quick.
    private const string Slow = "INSERT INTO effects SELECT 1 FROM (SELECT pg_sleep(seconds) FROM pace) AS slept";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public Task InitializeAsync() => fixture.ExecuteAsync(
        "CREATE TABLE IF NOT EXISTS effects (id int); TRUNCATE effects; CREATE TABLE IF NOT EXISTS pace (seconds int); TRUNCATE pace; INSERT INTO pace VALUES (0); DELETE FROM platform.jobs");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Job_that_had_committed_when_its_worker_died_is_a_success_and_does_not_run_again()
    {
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", await TransactionAsync("COMMIT"));

        await AssertEndsAsync(id, "success", effects: 1);
    }

    [Fact]
    public async Task Job_that_was_rolled_back_with_its_worker_runs_again()
    {
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", await TransactionAsync("ROLLBACK"));

        await AssertEndsAsync(id, "success", effects: 1);
    }

    [Fact]
    public async Task Job_that_had_not_begun_when_its_worker_died_runs()
    {
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", transaction: null);

        await AssertEndsAsync(id, "success", effects: 1);
    }

    [Fact]
    public async Task Transaction_that_a_dead_worker_left_open_is_ended_before_the_job_runs_again()
    {
        await using var left = await fixture.Sql.Database.Owner.OpenConnectionAsync();
        await using var transaction = await left.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand("INSERT INTO effects VALUES (1)", left)) await insert.ExecuteNonQueryAsync();
        await using var ask = new NpgsqlCommand(Marker, left);
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", (string)(await ask.ExecuteScalarAsync())!);

        await AssertEndsAsync(id, "success", effects: 1);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        Assert.Equal(1L, await fixture.AskAsync<long>("SELECT count(*) FROM effects"));
    }

    [Theory]
    [InlineData("1/1000")]
    [InlineData("SELECT system_identifier || '/4611686018427387904' FROM pg_control_system()")]
    public async Task Transaction_that_the_server_does_not_know_is_a_failure_and_the_job_does_not_run_again(string transaction)
    {
        if (transaction.StartsWith("SELECT", StringComparison.Ordinal)) transaction = await fixture.AskAsync<string>(transaction);
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", transaction);

        var job = await AssertEndsAsync(id, "failure", effects: 0);

        Assert.Contains("its outcome cannot be known", job.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_outside_of_a_transaction_that_lost_its_worker_is_a_failure_and_does_not_run_again()
    {
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", transaction: null);
        await fixture.ExecuteAsync("UPDATE platform.jobs SET is_atomic = false");

        await AssertEndsAsync(id, "failure", effects: 0);
    }

    [Fact]
    public async Task Job_that_was_to_be_cancelled_when_its_worker_died_is_cancelled()
    {
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", await TransactionAsync("ROLLBACK"));
        await fixture.Owner.CancelAsync(id);

        await AssertEndsAsync(id, "cancelled", effects: 0);
    }

    [Fact]
    public async Task Job_that_loses_its_worker_again_and_again_is_a_failure()
    {
        var id = await LoseAsync("INSERT INTO effects VALUES (1)", await TransactionAsync("ROLLBACK"));
        await fixture.ExecuteAsync("UPDATE platform.jobs SET attempts = 5");

        await AssertEndsAsync(id, "failure", effects: 0);
    }

    [Fact]
    public async Task Job_whose_session_ends_runs_again()
    {
        await fixture.ExecuteAsync("UPDATE pace SET seconds = 600");
        await using var worker = await WorkerHost.StartAsync(fixture);
        var id = await fixture.Owner.CreateAsync(Slow);
        await Wait.UntilAsync("the statement runs", async () => await SessionsAsync() == 1, Limit);

        await fixture.ExecuteAsync("UPDATE pace SET seconds = 0");
        await fixture.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'CartoPlatform job'");

        Assert.Equal("success", (await fixture.Owner.EndAsync(id)).GetProperty("status").GetString());
        Assert.Equal(1L, await fixture.AskAsync<long>("SELECT count(*) FROM effects"));
    }

    [Fact]
    public async Task Worker_that_stops_puts_its_job_back_and_the_next_one_runs_it()
    {
        await fixture.ExecuteAsync("UPDATE pace SET seconds = 600");
        await using var first = await WorkerHost.StartAsync(fixture);
        var id = await fixture.Owner.CreateAsync(Slow);
        await Wait.UntilAsync("the statement runs", async () => await SessionsAsync() == 1, Limit);

        await first.StopAsync();

        Assert.Equal("pending", await fixture.Owner.StatusAsync(id));
        Assert.Equal(0, await fixture.AskAsync<int>("SELECT attempts FROM platform.jobs"));
        await fixture.ExecuteAsync("UPDATE pace SET seconds = 0");
        await AssertEndsAsync(id, "success", effects: 1);
    }

    [Fact]
    public async Task Worker_that_lost_its_claim_ends_its_attempt_and_writes_nothing()
    {
        await fixture.ExecuteAsync("UPDATE pace SET seconds = 600");
        await using var worker = await WorkerHost.StartAsync(fixture);
        var id = await fixture.Owner.CreateAsync(Slow);
        await Wait.UntilAsync("the statement runs", async () => await SessionsAsync() == 1, Limit);

        // As if another worker, to which the claim had run out, had settled it.
        await fixture.ExecuteAsync("UPDATE platform.jobs SET status = 'failure', finished_at = now(), lease = NULL, lease_until = NULL, error = 'by another'");

        await Wait.UntilAsync("the statement has stopped", async () => await SessionsAsync() == 0, Limit);
        Assert.Equal("by another", (await fixture.Owner.GetAsync(id)).Json.GetProperty("error").GetString());
        Assert.Equal(0L, await fixture.AskAsync<long>("SELECT count(*) FROM effects"));
    }

    [Fact]
    public async Task Workers_on_one_queue_run_each_job_once()
    {
        await using var first = await WorkerHost.StartAsync(fixture);
        await using var second = await WorkerHost.StartAsync(fixture, ("Jobs:MaxConcurrent", "4"));

        var ids = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => fixture.Owner.CreateAsync($"INSERT INTO effects VALUES ({i})")));
        foreach (var id in ids) Assert.Equal("success", (await fixture.Owner.EndAsync(id)).GetProperty("status").GetString());

        Assert.Equal(40L, await fixture.AskAsync<long>("SELECT count(*) FROM effects"));
        Assert.Equal(40L, await fixture.AskAsync<long>("SELECT count(DISTINCT id) FROM effects"));
        Assert.Equal(1, await fixture.AskAsync<int>("SELECT max(attempts) FROM platform.jobs"));
    }

    [Fact]
    public async Task Job_over_the_time_limit_of_the_setting_is_a_failure()
    {
        await using var worker = await WorkerHost.StartAsync(fixture, ("Jobs:TimeLimit", "00:00:00.3"));

        var job = await fixture.Owner.RunAsync("SELECT pg_sleep(600)");

        Assert.Equal("failure", job.GetProperty("status").GetString());
        Assert.Equal("The job ran longer than 0.3 seconds", job.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Jobs_run_as_many_at_a_time_as_the_setting_says()
    {
        await using var worker = await WorkerHost.StartAsync(fixture, ("Jobs:MaxConcurrent", "2"));
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => fixture.Owner.CreateAsync("SELECT pg_sleep(600)")));
        await Wait.UntilAsync("two run", async () => await SessionsAsync() == 2, Limit);

        Assert.Equal(2L, await fixture.AskAsync<long>("SELECT count(*) FROM platform.jobs WHERE status = 'pending'"));
        foreach (var id in ids) await fixture.Owner.CancelAsync(id);
        foreach (var id in ids) Assert.Equal("cancelled", (await fixture.Owner.EndAsync(id)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Job_is_deleted_when_it_has_been_kept_long_enough()
    {
        var kept = await fixture.Owner.CreateAsync("SELECT 1");
        var old = await fixture.Owner.CreateAsync("SELECT 1");
        await fixture.Owner.CancelAsync(kept);
        await fixture.Owner.CancelAsync(old);
        await fixture.ExecuteAsync($"UPDATE platform.jobs SET finished_at = now() - interval '31 days' WHERE id = '{old}'");

        await using var worker = await WorkerHost.StartAsync(fixture);

        await Wait.UntilAsync("it is gone", async () => (await fixture.Owner.GetAsync(old)).Status == System.Net.HttpStatusCode.NotFound, Limit);
        Assert.Equal("cancelled", await fixture.Owner.StatusAsync(kept));
    }

    private async Task<JsonElement> AssertEndsAsync(string id, string status, long effects)
    {
        await using var worker = await WorkerHost.StartAsync(fixture);
        var job = await fixture.Owner.EndAsync(id);
        Assert.True(status == job.GetProperty("status").GetString(), job.GetRawText());
        Assert.Equal(effects, await fixture.AskAsync<long>("SELECT count(*) FROM effects"));
        return job;
    }

    /// <summary>A transaction as a worker's, ended by the given word.</summary>
    private async Task<string> TransactionAsync(string end)
    {
        await using var connection = await fixture.Sql.Database.Owner.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("BEGIN"), new("INSERT INTO effects VALUES (1)"), new(Marker), new(end) },
        };
        return (string)(await batch.ExecuteScalarAsync())!;
    }

    /// <summary>A job as a dead worker leaves it.</summary>
    private async Task<string> LoseAsync(string query, string? transaction)
    {
        var id = await fixture.Owner.CreateAsync(query);
        await fixture.ExecuteAsync(
            $"""
            UPDATE platform.jobs SET status = 'running', started_at = now(), attempts = 1, lease = gen_random_uuid(), lease_until = now() - interval '1 second',
                data_transaction = {(transaction is null ? "NULL" : $"'{transaction}'")}
            WHERE id = '{id}'
            """);
        return id;
    }

    private Task<long> SessionsAsync() => fixture.AskAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'CartoPlatform job' AND state = 'active' AND query LIKE '%pg_sleep%'");
}
