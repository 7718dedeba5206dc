using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using CartoPlatform.HttpCache.Tests.Hosting;
using Npgsql;

namespace CartoPlatform.HttpCache.Tests.Schedule;

/// <summary>The actors of a schedule, and what they found wrong.</summary>
internal sealed class ScheduleRun(CacheFixture fixture, CacheHost[] hosts, string table, TimeSpan agreement, TimeSpan duration)
{
    private const int Writers = 3;
    private const int ReadersPerHost = 2;

    private readonly CommitLog _log = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private int _answers;
    private int _hits;
    private int _stamped;

    public IReadOnlyCollection<string> Failures => _failures;

    public bool IsRunning => _log.Elapsed < duration && _failures.IsEmpty;

    public int Answers => _answers;

    public int Hits => _hits;

    public int Stamped => _stamped;

    public async Task RunAsync()
    {
        // Two that make one view at a time collide in PostgreSQL's catalogue; two that replace it take turns.
        await fixture.Database.ExecuteAsync(ReplaceView);
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, Writers).Select(seed => WriteAsync(new Random(seed))),
            .. hosts.SelectMany((host, index) => Enumerable.Range(0, ReadersPerHost).Select(seed => ReadAsync(host, new Random((100 * index) + seed)))),
            .. hosts.Select((host, index) => WriteThroughAsync(host, new Random(1_000 + index))),
        ]);
    }

    private string ReplaceView => $"CREATE OR REPLACE VIEW {table}_view AS SELECT id, geom FROM {table}";

    // Past the platform and past the link: transactions short and long, some of them in vain.
    private async Task WriteAsync(Random random)
    {
        await using var connection = await fixture.Database.Owner.OpenConnectionAsync();
        while (IsRunning)
        {
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                await ExecuteAsync(connection, random.Next(10) == 0
                    ? ReplaceView
                    : $"INSERT INTO {table} SELECT 1, ST_SetSRID(ST_Point(random() * 100, random() * 50), 4326)");
                await Task.Delay(random.Next(6) == 0 ? random.Next(2_000) : random.Next(60));
                if (random.Next(8) == 0) await transaction.RollbackAsync();
                else await transaction.CommitAsync();
            }

            await using (var count = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection)) _log.Add((long)(await count.ExecuteScalarAsync())!);
            await Task.Delay(random.Next(300));
        }
    }

    // Through a replica: what it has written, its next read through the same replica has.
    private async Task WriteThroughAsync(CacheHost host, Random random)
    {
        using var client = host.Owner();
        while (IsRunning)
        {
            var write = await AskAsync(() => client.PostAsync("/v3/sql/main/query", $$"""{"q":"INSERT INTO {{table}} (id) VALUES (2) RETURNING (SELECT count(*) FROM {{table}}) AS n"}"""));
            if (write is { Status: HttpStatusCode.OK })
            {
                // The subquery does not see the row that the statement itself adds.
                var own = CountIn(write) + 1;
                if (await AskAsync(() => client.AskAsync($"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}")) is { Status: HttpStatusCode.OK } read && read.Cache != "STALE")
                    Require(CountIn(read) >= own, $"{CountIn(read)} rows ({read.Cache}) after an own write had made them {own}");
            }

            await Task.Delay(random.Next(400));
        }
    }

    private async Task ReadAsync(CacheHost host, Random random)
    {
        using var own = host.Owner();
        using var other = hosts[random.Next(hosts.Length)].Owner();
        while (IsRunning)
        {
            if (random.Next(12) == 0) await LeaveAsync(own, random);
            else if (random.Next(2) == 0) await ReadQueryAsync(own, random);
            else await ReadMapAsync(own, other);
            await Task.Delay(random.Next(30));
        }
    }

    private async Task ReadQueryAsync(HttpClient client, Random random)
    {
        var promised = _log.Promised(agreement);
        var directive = random.Next(8) switch { 0 => "no-cache", 1 => "max-age=0", 2 => "max-age=5", 3 => "min-fresh=5", _ => null };
        var answer = await AskAsync(() => client.AskAsync($"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}", directive));
        if (answer is { Status: HttpStatusCode.OK } && answer.Cache != "STALE")
            Require(CountIn(answer) >= promised, $"{CountIn(answer)} rows ({answer.Cache}) where {promised} had been committed a second before");
    }

    private async Task ReadMapAsync(HttpClient client, HttpClient other)
    {
        var promised = _log.Promised(agreement);
        if (await AskAsync(() => client.AskAsync($"/v3/maps/main/table?name={table}")) is not { Status: HttpStatusCode.OK } map || map.Cache == "STALE") return;
        var shown = JsonDocument.Parse(map.Body).RootElement;
        var rows = shown.GetProperty("nrows").GetInt64();
        Require(rows >= promised, $"{rows} rows of a map ({map.Cache}) where {promised} had been committed a second before");

        var path = new Uri(shown.GetProperty("tilejson").GetProperty("url")[0].GetString()!).PathAndQuery;
        var version = path[(path.IndexOf("cache=", StringComparison.Ordinal) + 6)..].Split('&')[0];
        // An answer that a commit overtook may hold more rows than the version it names, and is not kept.
        if (map.Cache == "HIT") _log.Show(version, rows);
        var least = _log.Shown(version);
        if (await AskAsync(() => other.AskAsync(path)) is not { Status: HttpStatusCode.OK } tileJson || tileJson.Cache == "STALE") return;
        var later = JsonDocument.Parse(tileJson.Body).RootElement.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64();
        Require(later >= least, $"{later} rows ({tileJson.Cache}) under a version that had been shown with {least}");
        Interlocked.Increment(ref _stamped);
    }

    // Cut off in the middle of an answer, or while others wait for the same.
    private async Task LeaveAsync(HttpClient client, Random random)
    {
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(15)));
        try
        {
            using var answer = await client.GetAsync(new Uri($"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}", UriKind.Relative), leaving.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
        {
            // That was the point.
        }
    }

    private async Task<Answer?> AskAsync(Func<Task<Answer>> ask)
    {
        try
        {
            var answer = await ask();
            Interlocked.Increment(ref _answers);
            if (answer.Cache is "HIT" or "COALESCED") Interlocked.Increment(ref _hits);
            // Without the database there are answers that cannot be given; a wrong request would be the test's mistake.
            Require((int)answer.Status is 200 or >= 500 or 408, $"{answer.Status}: {answer.Body}");
            return answer;
        }
        catch (HttpRequestException)
        {
            // An answer that was cut because the database went in the middle of it.
            return null;
        }
    }

    private void Require(bool condition, FormattableString failure)
    {
        if (!condition) _failures.Enqueue($"After {_log.Elapsed}: {CommitLog.Say(failure)}");
    }

    private static long CountIn(Answer answer) => JsonDocument.Parse(answer.Body).RootElement.GetProperty("rows")[0].GetProperty("n").GetInt64();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
