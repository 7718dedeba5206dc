using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>kill -9 in the middle of SQL jobs: each takes effect once.</summary>
public sealed class JobTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>A claim runs out after half a minute, and a database that crashed takes its time to recover.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Job_whose_worker_was_killed_takes_effect_once()
    {
        await using var platform = new TestPlatform(Topologies.Services);
        var status = await platform.UpAsync("--no-sample");
        await using var database = PlatformDatabase.Open(status);
        using var client = TestPlatform.CreateClient(status);
        var job = await BeginAsync(status, client, database);

        var worker = status.Services.Single(service => service.Name == "worker");
        Assert.True(ProcessIdentity.Of(worker.Pid ?? 0)?.Signal(ProcessSignal.Kill), "the worker did not run");
        await database.ExecuteAsync("UPDATE public.pace SET seconds = 0");

        await AssertOnceAsync(client, database, job);
    }

    [Fact]
    public async Task Job_on_a_platform_that_was_killed_takes_effect_once_after_the_next_start()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var status = await platform.UpAsync("--no-sample");
        string job;
        await using (var database = PlatformDatabase.Open(status))
        using (var client = TestPlatform.CreateClient(status))
        {
            job = await BeginAsync(status, client, database);
            await database.ExecuteAsync("UPDATE public.pace SET seconds = 0");
            await platform.KillAsync();
        }

        status = await platform.UpAsync("--no-sample");
        await using var again = PlatformDatabase.Open(status);
        using var next = TestPlatform.CreateClient(status);

        await AssertOnceAsync(next, again, job);
    }

    /// <summary>A job that would not end by itself, once its statement runs. How long it takes the next time is in a table.</summary>
    private static async Task<string> BeginAsync(PlatformStatus status, HttpClient client, NpgsqlDataSource database)
    {
        await database.ExecuteAsync("CREATE TABLE public.pace AS SELECT 3600 AS seconds; CREATE TABLE public.effects (id int)");
        using var made = await client.PostAsJsonAsync(
            $"/v3/sql/{status.Connection}/job",
            new { query = "INSERT INTO public.effects SELECT 1 FROM (SELECT pg_sleep(seconds) FROM public.pace) AS slept" });
        var body = await made.Content.ReadAsStringAsync();
        Assert.True(made.IsSuccessStatusCode, body);
        await Wait.UntilAsync("the statement runs", async () => await database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'INSERT INTO public.effects%'") == 1, StartLimit);
        using var json = JsonDocument.Parse(body);
        return $"/v3/sql/{status.Connection}/job/{json.RootElement.GetProperty("jobId").GetString()}";
    }

    private static async Task AssertOnceAsync(HttpClient client, NpgsqlDataSource database, string job)
    {
        var answer = "";
        await Wait.UntilAsync("the job has ended", async () =>
        {
            answer = await client.GetStringAsync(job);
            return !answer.Contains("\"status\":\"pending\"", StringComparison.Ordinal) && !answer.Contains("\"status\":\"running\"", StringComparison.Ordinal);
        }, EndLimit);
        Assert.Contains("\"status\":\"success\"", answer, StringComparison.Ordinal);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM public.effects"));
    }
}
