using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>kill -9 in the middle of SQL jobs: each takes effect once.</summary>
public sealed class JobTests
{
    private const string Pending = "\"status\":\"pending\"";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>A claim runs out after half a minute, and a database that crashed takes its time to recover.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(3);

    /// <summary>Two jobs run, one of which is to be cancelled, and one waits: the worker takes two at a time.</summary>
    [Fact]
    public async Task Jobs_whose_worker_was_killed_take_effect_once_and_what_was_cancelled_none()
    {
        await using var platform = new TestPlatform(Topologies.Services);
        var status = await platform.UpAsync("--no-sample");
        await using var database = PlatformDatabase.Open(status);
        using var client = TestPlatform.CreateClient(status);
        var running = await BeginAsync(status, client, database);
        var cancelled = await MakeAsync(status, client, Slow(2));
        await WaitForStatementsAsync(database, 2);
        var waiting = await MakeAsync(status, client, Slow(3));
        Assert.Contains(Pending, await client.GetStringAsync(waiting), StringComparison.Ordinal);

        Kill(status, "worker");
        using (var answer = await client.DeleteAsync(cancelled)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await database.ExecuteAsync("UPDATE public.pace SET seconds = 0");

        Assert.Contains("\"status\":\"success\"", await EndAsync(client, running), StringComparison.Ordinal);
        Assert.Contains("\"status\":\"success\"", await EndAsync(client, waiting), StringComparison.Ordinal);
        Assert.Contains("\"status\":\"cancelled\"", await EndAsync(client, cancelled), StringComparison.Ordinal);
        Assert.Equal("1,3", await database.ScalarAsync<string>("SELECT string_agg(id::text, ',' ORDER BY id) FROM public.effects"));
        Assert.Equal(0L, await RunningAsync(database));

        await AssertMadeOnceAsync(status, client, database);
    }

    /// <summary>kill -9 of the SQL API while jobs come in: every job whose making was answered is run, and none twice.</summary>
    private static async Task AssertMadeOnceAsync(PlatformStatus status, HttpClient client, NpgsqlDataSource database)
    {
        await database.ExecuteAsync("TRUNCATE public.effects");
        var made = new ConcurrentBag<string>();
        var lost = 0;
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (index, _) =>
        {
            if (index == 20) Kill(status, "sql-api");
            try
            {
                made.Add(await MakeAsync(status, client, $"INSERT INTO public.effects VALUES ({100 + index})"));
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref lost);
            }
        });

        Assert.NotEmpty(made);
        // Those that were lost on the way may be there or not.
        await Wait.UntilAsync("all jobs have ended", async () =>
        {
            using var answer = await client.GetAsync("/v3/sql/jobs?pageSize=100");
            // The service may still be starting anew.
            return answer.IsSuccessStatusCode && HasEnded(await answer.Content.ReadAsStringAsync());
        }, EndLimit);
        foreach (var job in made) Assert.Contains("\"status\":\"success\"", await client.GetStringAsync(job), StringComparison.Ordinal);
        var effects = await database.ScalarAsync<long>("SELECT count(*) FROM public.effects");
        Assert.InRange(effects, made.Count, made.Count + lost);
        Assert.Equal(effects, await database.ScalarAsync<long>("SELECT count(DISTINCT id) FROM public.effects"));
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
        var job = await MakeAsync(status, client, Slow(1));
        await WaitForStatementsAsync(database, 1);
        return job;
    }

    private static string Slow(int id) => $"INSERT INTO public.effects SELECT {id} FROM (SELECT pg_sleep(seconds) FROM public.pace) AS slept";

    /// <returns>Where the job is.</returns>
    private static async Task<string> MakeAsync(PlatformStatus status, HttpClient client, string query)
    {
        using var made = await client.PostAsJsonAsync($"/v3/sql/{status.Connection}/job", new { query });
        var body = await made.Content.ReadAsStringAsync();
        if (!made.IsSuccessStatusCode) throw new HttpRequestException(body, null, made.StatusCode);
        using var json = JsonDocument.Parse(body);
        return $"/v3/sql/{status.Connection}/job/{json.RootElement.GetProperty("jobId").GetString()}";
    }

    private static void Kill(PlatformStatus status, string name)
    {
        var service = status.Services.Single(service => service.Name == name);
        Assert.True(ProcessIdentity.Of(service.Pid ?? 0)?.Signal(ProcessSignal.Kill), $"{name} did not run");
    }

    private static Task WaitForStatementsAsync(NpgsqlDataSource database, long count) =>
        Wait.UntilAsync("the statements run", async () => await RunningAsync(database) == count, StartLimit);

    private static Task<long> RunningAsync(NpgsqlDataSource database) => database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'INSERT INTO public.effects%'");

    private static async Task AssertOnceAsync(HttpClient client, NpgsqlDataSource database, string job)
    {
        Assert.Contains("\"status\":\"success\"", await EndAsync(client, job), StringComparison.Ordinal);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM public.effects"));
    }

    private static async Task<string> EndAsync(HttpClient client, string job)
    {
        var answer = "";
        await Wait.UntilAsync("the job has ended", async () =>
        {
            answer = await client.GetStringAsync(job);
            return HasEnded(answer);
        }, EndLimit);
        return answer;
    }

    private static bool HasEnded(string answer) =>
        !answer.Contains(Pending, StringComparison.Ordinal) && !answer.Contains("\"status\":\"running\"", StringComparison.Ordinal);
}
