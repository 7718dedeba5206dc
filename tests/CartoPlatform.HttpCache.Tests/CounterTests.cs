using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>A database where no triggers may be made: PostgreSQL's counters tell of changes, later and not of all; and watching is reversible.</summary>
public sealed class CounterTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    // PostgreSQL's sessions tell what they have counted once in ten seconds at the latest.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Changes_are_counted_until_the_database_is_watched()
    {
        await using var admin = NpgsqlDataSource.Create(fixture.Database.AdminConnectionString);
        await ChangeDetection.RemoveAsync(admin, CancellationToken.None);
        await ChangeDetection.RemoveAsync(admin, CancellationToken.None);
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        var table = await fixture.CreateTableAsync();
        foreach (var (change, rows) in (IEnumerable<(string, int)>)[($"DELETE FROM {table} WHERE id = 1", 4), ($"TRUNCATE {table}", 0), ($"INSERT INTO {table} (id) VALUES (1)", 1)])
        {
            var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
            await Wait.UntilAsync("it is kept", async () => (await client.AskAsync(url)).Cache == "HIT", Late);
            Assert.Equal("1800 partly-watched query", (await client.AskAsync(url, headers: ("X-Cache-Debug", "1"))).Header("X-Cache-Lifetime"));
            await fixture.Database.ExecuteAsync(change);
            await Wait.UntilAsync(change, async () => (await client.AskAsync(url)).Body.Contains($"\"n\":{rows}", StringComparison.Ordinal), Late);
        }

        Assert.True(await ChangeDetection.EnsureAsync(admin, CancellationToken.None));
        await Wait.UntilAsync(
            "it is watched",
            async () => (await client.AskAsync($"/v3/maps/main/table?name={table}", "max-age=0", headers: ("X-Cache-Debug", "1"))).Header("X-Cache-Lifetime") == "31536000 watched map",
            Late);
    }
}
