using System.Text.Json;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>What was kept is not used once its data have changed, whatever changed them and whenever.</summary>
public sealed class InvalidationTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    // Twice what docs/cache.md promises: the machine may be busy.
    private static readonly TimeSpan FreshWithin = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("SELECT sum(n) AS n FROM {0}", "UPDATE {0} SET n = n + 1")]
    [InlineData("SELECT sum(n) AS n FROM {0}_view", "UPDATE {0} SET n = n + 1")]
    [InlineData("SELECT sum(n) AS n FROM {0}_view", "CREATE OR REPLACE VIEW {0}_view AS SELECT n + 7 AS n FROM {0}")]
    [InlineData("SELECT {0}_function() AS n", "UPDATE {0} SET n = n + 1")]
    [InlineData("SELECT {0}_function() AS n", "CREATE OR REPLACE FUNCTION {0}_function() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 77::bigint'")]
    [InlineData("SELECT {0}_plpgsql() AS n", "UPDATE {0} SET n = n + 1")]
    [InlineData("SELECT {0}_volatile() AS n", "UPDATE {0} SET n = n + 1")]
    [InlineData("SELECT {0}_volatile_plpgsql() AS n", "UPDATE {0} SET n = n + 1")]
    [InlineData("SELECT sum(n) AS n FROM {0}_parent WHERE n < 5", "INSERT INTO {0}_part VALUES (3)")]
    [InlineData("SELECT sum(n) AS n FROM {0}_part", "INSERT INTO {0}_parent VALUES (3)")]
    [InlineData("SELECT sum(n) AS n FROM {0}_parent", "CREATE TABLE {0}_more PARTITION OF {0}_parent FOR VALUES FROM (10) TO (20); INSERT INTO {0}_more VALUES (11)")]
    [InlineData("SELECT sum(n) AS n FROM {0}_mv", "UPDATE {0} SET n = n + 1; REFRESH MATERIALIZED VIEW {0}_mv")]
    [InlineData("SELECT sum(n) AS n FROM {0}", "CREATE TABLE {0}_new AS SELECT 99 AS n; ALTER TABLE {0} RENAME TO {1}_old; ALTER TABLE {0}_new RENAME TO {1}")]
    [InlineData("SELECT sum(n) AS n FROM {0}", "DROP TABLE {0} CASCADE; CREATE TABLE {0} AS SELECT 98 AS n")]
    [InlineData("SELECT count(*) AS n FROM {0} AS a LEFT JOIN {0}_other AS b ON a.n = b.n", "ALTER TABLE {0}_other DROP CONSTRAINT {0}_one; INSERT INTO {0}_other VALUES (1), (1)")]
    [InlineData("SELECT count(*) AS n FROM {0} WHERE EXISTS (SELECT FROM \"{0}_Odd\")", "INSERT INTO \"{0}_Odd\" VALUES (1)")]
    public async Task Change_is_seen(string query, string change)
    {
        var name = await CreateAsync();
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/query?q=SET_ME".Replace("SET_ME", Uri.EscapeDataString(string.Format(null, query, name, name)), StringComparison.Ordinal);
        var before = (await client.AskAsync(url)).Body;
        Assert.Contains("\"n\"", before, StringComparison.Ordinal);
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        await fixture.Database.ExecuteAsync(string.Format(null, change, name, name));
        await Wait.UntilAsync("the new data are answered", async () => (await client.AskAsync(url)).Body != before, FreshWithin);
    }

    [Fact]
    public async Task Nothing_else_is_thrown_away()
    {
        var (one, other) = (await fixture.CreateTableAsync(), await fixture.CreateTableAsync());
        using var client = fixture.Host.Owner();
        await client.AskAsync($"/v3/maps/main/table/0/0/0?name={one}");
        await fixture.Database.ExecuteAsync($"UPDATE {other} SET id = 9; CREATE INDEX ON {one} (id); CREATE TEMP TABLE passing (id int)");
        await client.AskAsync($"/v3/maps/main/table/0/0/0?name={other}");
        await Wait.UntilAsync("the other is kept", async () => (await client.AskAsync($"/v3/maps/main/table/0/0/0?name={other}")).Cache == "HIT", FreshWithin);
        Assert.Equal("HIT", (await client.AskAsync($"/v3/maps/main/table/0/0/0?name={one}")).Cache);
    }

    [Theory]
    [InlineData("SELECT now() AS n")]
    [InlineData("SELECT current_timestamp AS n")]
    [InlineData("SELECT 'now'::timestamptz AS n")]
    [InlineData("SELECT random() AS n")]
    [InlineData("SELECT count(*) AS n FROM pg_class")]
    [InlineData("SELECT n FROM {0}_clock")]
    [InlineData("SELECT {0}_volatile() AS n")]
    public async Task Answer_that_depends_on_more_than_tables_is_kept_a_minute(string query)
    {
        var name = await CreateAsync();
        Assert.Equal("60", await LifetimeAsync(string.Format(null, query, name)));
    }

    [Fact]
    public async Task Answer_through_plpgsql_is_kept_as_long_as_a_table_and_others_a_year()
    {
        var name = await CreateAsync();
        Assert.Equal("1800", await LifetimeAsync($"SELECT {name}_plpgsql() AS n"));
        Assert.Equal("31536000", await LifetimeAsync($"SELECT {name}_function() AS n"));
    }

    [Fact]
    public async Task Fill_during_a_long_transaction_does_not_outlive_its_commit()
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
        await using var connection = await fixture.Database.Owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var insert = new Npgsql.NpgsqlCommand($"INSERT INTO {table} SELECT * FROM {table}", connection)) await insert.ExecuteNonQueryAsync();
        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 5");
        await Wait.UntilAsync("the old rows are kept", async () => await client.AskAsync(url) is { Cache: "HIT" } hit && hit.Body.Contains("\"n\":4", StringComparison.Ordinal), FreshWithin);
        await transaction.CommitAsync();
        await Wait.UntilAsync("the committed rows are answered", async () => (await client.AskAsync(url)).Body.Contains("\"n\":9", StringComparison.Ordinal), FreshWithin);
    }

    [Fact]
    public async Task Fill_that_a_commit_overtakes_is_not_kept()
    {
        var table = await fixture.CreateTableAsync();
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
        host.Origin.After = () => fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        Assert.Contains("\"n\":5", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
        host.Origin.After = () => Task.CompletedTask;
        await Wait.UntilAsync("the deletion is answered", async () => (await client.AskAsync(url)).Body.Contains("\"n\":4", StringComparison.Ordinal), FreshWithin);
    }

    [Fact]
    public async Task Tile_url_is_immutable_for_its_own_version_only_and_never_answered_from_older_data()
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var old = await StampedTileAsync(client, table);
        var fill = await client.AskAsync(old);
        Assert.Contains("immutable", fill.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.Contains("immutable", (await client.AskAsync(old)).Header("Cache-Control"), StringComparison.Ordinal);

        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id > 1");
        string current = old;
        await Wait.UntilAsync("the stamp moves", async () => (current = await StampedTileAsync(client, table)) != old, FreshWithin);
        var fresh = await client.AskAsync(current);
        Assert.NotEqual(fill.Body, fresh.Body);
        Assert.Contains("immutable", fresh.Header("Cache-Control"), StringComparison.Ordinal);
        var late = await client.AskAsync(old);
        Assert.Equal((fresh.Body, "max-age=0, private"), (late.Body, late.Response.Headers.CacheControl?.ToString()));
    }

    [Fact]
    public async Task Invented_version_gets_current_data_and_stores_nothing_of_its_own()
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        await client.AskAsync(url);
        foreach (var stamp in Enumerable.Range(1, 20))
        {
            var answer = await client.AskAsync($"{url}&cache={stamp}");
            Assert.Equal("MISS", answer.Cache);
            Assert.Equal("max-age=0, private", answer.Response.Headers.CacheControl?.ToString());
        }

        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        Assert.Equal("HIT", (await client.AskAsync($"{url}&cache=20")).Cache);
    }

    [Fact]
    public async Task Hundred_equal_cold_requests_make_one()
    {
        var table = await fixture.CreateTableAsync();
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        var before = host.Origin.Requests;
        var gate = new TaskCompletionSource();
        host.Origin.Before = gate.Task.WaitAsync;
        var asked = Enumerable.Range(0, 100).Select(_ => client.AskAsync($"/v3/maps/main/table/0/0/0?name={table}")).ToArray();
        await Wait.UntilAsync("the first is under way", () => Task.FromResult(host.Origin.Requests > before), FreshWithin);
        gate.SetResult();
        var answers = await Task.WhenAll(asked);
        Assert.Single(answers.Select(answer => answer.Body).Distinct());
        Assert.Equal(before + 1, host.Origin.Requests);
    }

    [Fact]
    public async Task Caller_who_leaves_cancels_nothing_for_others_and_the_last_one_everything()
    {
        var table = await fixture.CreateTableAsync();
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        var cancelled = new TaskCompletionSource();
        host.Origin.Before = async token =>
        {
            await using var registration = token.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
        };
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        var leader = client.GetAsync(new Uri(url, UriKind.Relative), first.Token);
        await Wait.UntilAsync("the first is under way", () => Task.FromResult(host.Origin.Requests > 0), FreshWithin);
        var rider = client.GetAsync(new Uri(url, UriKind.Relative), second.Token);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rider);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static async Task<string> StampedTileAsync(HttpClient client, string table)
    {
        var map = JsonDocument.Parse((await client.AskAsync($"/v3/maps/main/table?name={table}")).Body);
        var tileJson = JsonDocument.Parse((await client.AskAsync(map.RootElement.GetProperty("tilejson").GetProperty("url")[0].GetString()!)).Body);
        return tileJson.RootElement.GetProperty("tiles")[0].GetString()!.Replace("{z}/{x}/{y}", "0/0/0", StringComparison.Ordinal);
    }

    private async Task<string?> LifetimeAsync(string sql)
    {
        using var client = fixture.Host.Owner();
        var answer = await client.AskAsync($"/v3/sql/main/query?q={Uri.EscapeDataString(sql)}", headers: ("X-Cache-Debug", "1"));
        return answer.Header("X-Cache-Lifetime")?.Split(' ')[0];
    }

    private async Task<string> CreateAsync()
    {
        var name = $"w_{Guid.NewGuid():N}"[..12];
        await fixture.Database.ExecuteAsync($"""
            CREATE TABLE {name} (n int); INSERT INTO {name} VALUES (1);
            CREATE VIEW {name}_view AS SELECT n FROM {name};
            CREATE VIEW {name}_clock AS SELECT extract(epoch FROM now()) AS n;
            CREATE MATERIALIZED VIEW {name}_mv AS SELECT n FROM {name};
            CREATE FUNCTION {name}_function() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT sum(n) FROM {name}';
            CREATE FUNCTION {name}_plpgsql() RETURNS bigint LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT sum(n) FROM {name}); END';
            CREATE FUNCTION {name}_volatile() RETURNS bigint LANGUAGE sql AS 'SELECT sum(n) FROM {name}';
            CREATE FUNCTION {name}_volatile_plpgsql() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT sum(n) FROM {name}); END';
            CREATE TABLE {name}_parent (n int) PARTITION BY RANGE (n); CREATE TABLE {name}_part PARTITION OF {name}_parent FOR VALUES FROM (0) TO (10);
            INSERT INTO {name}_parent VALUES (1);
            CREATE TABLE {name}_other (n int CONSTRAINT {name}_one UNIQUE); INSERT INTO {name}_other VALUES (1);
            CREATE TABLE "{name}_Odd" (n int);
            """);
        return name;
    }
}
