using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>kill -9 of every process in the middle of writing: what was committed is there after the next start.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private static readonly TimeSpan FirstRowLimit = TimeSpan.FromSeconds(20);

    private static int Rounds => Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1" ? 10 : 3;

    [Fact]
    public async Task Killed_platform_loses_nothing_that_was_committed()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var status = await platform.UpAsync("--no-sample");
        await using (var database = PlatformDatabase.Open(status))
            await database.ExecuteAsync("CREATE TABLE public.written (id bigint PRIMARY KEY, at timestamptz DEFAULT now())");
        var token = status.Token;
        long committed = 0;

        for (var round = 1; round <= Rounds; round++)
        {
            committed = await WriteUntilKilledAsync(platform, status, committed);
            status = await platform.UpAsync("--no-sample");
            await AssertNothingLostAsync(status, token, committed);
            output.WriteLine($"round {round}: {committed} rows");
        }
    }

    /// <summary>The number of the last row that the database has confirmed.</summary>
    private static async Task<long> WriteUntilKilledAsync(TestPlatform platform, PlatformStatus status, long committed)
    {
        await using var database = PlatformDatabase.Open(status);
        var first = committed;
        var writing = Task.Run(async () =>
        {
            // The kill ends it: there is no other way out.
            while (true)
            {
                await database.ExecuteAsync($"INSERT INTO public.written (id) VALUES ({committed + 1}) ON CONFLICT DO NOTHING");
                Interlocked.Increment(ref committed);
            }
        });
        await Wait.UntilAsync("rows are written", () => Task.FromResult(writing.IsCompleted || Interlocked.Read(ref committed) > first + 20), FirstRowLimit);
        await platform.KillAsync();

        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => writing);
        return committed;
    }

    /// <summary>Also through the platform itself, with the token from before.</summary>
    private static async Task AssertNothingLostAsync(PlatformStatus status, string token, long committed)
    {
        Assert.Equal(token, status.Token);
        await using var database = PlatformDatabase.Open(status);
        // One row more may have been committed without the confirmation reaching us.
        var rows = await database.ScalarAsync<long>("SELECT count(*) FROM public.written");
        Assert.InRange(rows, committed, committed + 1);
        Assert.Equal(rows, await database.ScalarAsync<long>("SELECT max(id) FROM public.written"));

        using var client = TestPlatform.CreateClient(status);
        var answer = await client.GetStringAsync($"/v3/sql/{status.Connection}/query?q=SELECT+count(*)+AS+n+FROM+public.written");
        Assert.Contains($"\"n\":{rows}", answer, StringComparison.Ordinal);
    }
}
