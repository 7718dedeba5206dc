using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Two processes with memories of their own; one hears of changes from the database, the other from the first.</summary>
public sealed class ReplicaTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly TimeSpan Agreement = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Change_reaches_a_process_that_hears_of_it_from_another()
    {
        var (_, second) = await StartTwoAsync();
        var table = await fixture.CreateTableAsync();
        using var client = second.Owner();
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
        await client.AskAsync(url);
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        await Wait.UntilAsync("the deletion is answered", async () => (await client.AskAsync(url)).Body.Contains("\"n\":4", StringComparison.Ordinal), 2 * Agreement);
    }

    [Fact]
    public async Task Feed_wants_the_internal_key()
    {
        var port = CacheFixture.FreePort();
        await fixture.StartAsync($"--Internal:Port={port}");
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/internal/v1/changes/main"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    /// <summary>The database is the oracle: rows only grow, so that the number of rows tells how old an answer is.</summary>
    [Fact]
    public async Task Random_writers_and_readers_never_see_data_older_than_promised()
    {
        var (first, second) = await StartTwoAsync();
        var table = await fixture.CreateTableAsync();
        var commits = new ConcurrentQueue<(long At, long Rows)>();
        var clock = Stopwatch.StartNew();
        var writers = Enumerable.Range(0, 3).Select(seed => WriteAsync(table, new Random(seed), commits, clock));
        var readers = new[] { first, second }.SelectMany(host => new[] { host.Owner(), host.Owner() }).ToArray();
        var counts = await Task.WhenAll(readers.Select((reader, seed) => ReadAsync(reader, readers[^(seed + 1)], table, commits, clock)).Concat([.. writers]));
        foreach (var reader in readers) reader.Dispose();
        // Something must have been kept, or nothing was shown.
        Assert.True(counts.Sum() > 20, $"{counts.Sum()} hits");
    }

    private async Task<int> WriteAsync(string table, Random random, ConcurrentQueue<(long At, long Rows)> commits, Stopwatch clock)
    {
        await using var connection = await fixture.Database.Owner.OpenConnectionAsync();
        while (clock.Elapsed < Duration)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var insert = new Npgsql.NpgsqlCommand($"INSERT INTO {table} SELECT 1, geom FROM {table} LIMIT 1", connection);
            await insert.ExecuteNonQueryAsync();
            await Task.Delay(random.Next(4) == 0 ? random.Next(800) : random.Next(60));
            await transaction.CommitAsync();
            await using var count = new Npgsql.NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
            var rows = (long)(await count.ExecuteScalarAsync())!;
            commits.Enqueue((clock.ElapsedMilliseconds, rows));
            await Task.Delay(random.Next(400));
        }

        return 0;
    }

    private static async Task<int> ReadAsync(HttpClient client, HttpClient other, string table, ConcurrentQueue<(long At, long Rows)> commits, Stopwatch clock)
    {
        var hits = 0;
        while (clock.Elapsed < Duration)
        {
            var promised = commits.Where(commit => commit.At < clock.ElapsedMilliseconds - Agreement.TotalMilliseconds).Select(commit => commit.Rows).DefaultIfEmpty(0).Max();
            var map = await client.AskAsync($"/v3/maps/main/table?name={table}");
            var shown = JsonDocument.Parse(map.Body).RootElement;
            var rows = shown.GetProperty("nrows").GetInt64();
            Assert.True(rows >= promised, string.Create(CultureInfo.InvariantCulture, $"{rows} rows where {promised} had been committed a second before"));

            // What the other process answers under the version that this one has shown. (An answer that a commit overtook may hold more
            // rows than the version it names, and is not kept.)
            var path = new Uri(shown.GetProperty("tilejson").GetProperty("url")[0].GetString()!).PathAndQuery;
            var tileJson = await other.AskAsync(path);
            var later = JsonDocument.Parse(tileJson.Body).RootElement.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64();
            Assert.True(later >= rows || map.Cache != "HIT", string.Create(CultureInfo.InvariantCulture, $"{later} rows after {rows} had been shown"));
            if (map.Cache is "HIT" or "COALESCED") hits++;
            if (tileJson.Cache is "HIT" or "COALESCED") hits++;
        }

        return hits;
    }

    private async Task<(CacheHost First, CacheHost Second)> StartTwoAsync()
    {
        var port = CacheFixture.FreePort();
        var first = await fixture.StartAsync($"--Internal:Port={port}");
        return (first, await fixture.StartAsync($"--Cache:Feed=http://127.0.0.1:{port}"));
    }
}
