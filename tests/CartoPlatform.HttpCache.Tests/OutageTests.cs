using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Network;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>The database goes away under load: what is kept is answered, and what comes after is right.</summary>
public sealed class OutageTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1" ? 10 : 3);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kept_answers_outlast_the_database_and_are_right_after(bool isCut)
    {
        var table = await fixture.CreateTableAsync();
        var main = fixture.Maps.Workspace.Connections["main"];
        await using var link = new FaultyLink(new NpgsqlConnectionStringBuilder(main.ReaderConnectionString).Port);
        fixture.Maps.Workspace.Connections["main"] = main with
        {
            Revision = main.Revision + 1,
            ReaderConnectionString = new NpgsqlConnectionStringBuilder(main.ReaderConnectionString) { Host = "127.0.0.1", Port = link.Port, Timeout = 2 }.ConnectionString,
        };
        try
        {
            var host = await fixture.StartAsync("--Pools:AcquireTimeLimit=00:00:02");
            using var client = host.Owner();
            string[] urls = [$"/v3/maps/main/table?name={table}", $"/v3/maps/main/table/0/0/0?name={table}", $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}"];
            foreach (var url in urls) Assert.Equal(HttpStatusCode.OK, (await client.AskAsync(url)).Status);

            if (isCut) link.Cut();
            else link.Hold();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var seen = new HashSet<string>();
            while (clock.Elapsed < Outage)
            {
                foreach (var url in urls)
                {
                    var answer = await client.AskAsync(url);
                    Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer.Cache} {url}: {answer.Body}");
                    seen.Add(answer.Cache);
                }
            }

            Assert.Contains("STALE", seen);
            await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
            link.Mend();
            await Wait.UntilAsync(
                "the deletion is answered",
                async () => await client.AskAsync(urls[2]) is { Status: HttpStatusCode.OK } answer && answer.Cache != "STALE" && answer.Body.Contains("\"n\":4", StringComparison.Ordinal),
                TimeSpan.FromSeconds(20));
        }
        finally
        {
            fixture.Maps.Workspace.Connections["main"] = main with { Revision = main.Revision + 2 };
        }
    }
}
