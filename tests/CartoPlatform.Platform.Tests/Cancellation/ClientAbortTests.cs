using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Cancellation;

/// <summary>A client that leaves stops its statement in PostgreSQL, through every process in between.</summary>
[Collection(SharedPlatform.Name)]
public sealed class ClientAbortTests(PlatformFixture platforms)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    /// <summary>The promise is a second; the rest is for a busy machine.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    [Theory, MemberData(nameof(Topologies.Light), MemberType = typeof(Topologies))]
    public async Task Aborted_query_stops_in_the_database(string topology)
    {
        var platform = await platforms.GetAsync(topology);
        var marker = Marker();
        var sql = $"SELECT count(*) AS {marker} FROM generate_series(1, 100000000000)";

        await AssertAbortStopsAsync(platform, $"/v3/sql/{platform.Connection}/query?q={Uri.EscapeDataString(sql)}", marker);
    }

    [Theory, MemberData(nameof(Topologies.Light), MemberType = typeof(Topologies))]
    public async Task Aborted_tile_stops_in_the_database(string topology)
    {
        var platform = await platforms.GetAsync(topology);
        await using var database = PlatformDatabase.Open(platform);
        var marker = Marker();
        // Small while the map is made, endless when its tile is asked for. All points lie outside of the tile.
        await database.ExecuteAsync($"CREATE TABLE public.{marker} (n bigint); INSERT INTO public.{marker} VALUES (1)");
        var sql = $"SELECT i AS id, ST_SetSRID(ST_MakePoint(-170, 80 + 0 * i), 4326) AS geom FROM public.{marker}, generate_series(1, n) AS i";
        using var client = TestPlatform.CreateClient(platform);
        var tile = await MapAddress.OfTileAsync(client, platform.Connection, sql, 1, 1, 1);
        await database.ExecuteAsync($"UPDATE public.{marker} SET n = 100000000000");

        await AssertAbortStopsAsync(platform, tile, marker);

        await database.ExecuteAsync($"DROP TABLE public.{marker}");
    }

    private static string Marker() => $"abort_{Guid.NewGuid():N}";

    private static async Task AssertAbortStopsAsync(PlatformStatus platform, string address, string marker)
    {
        await using var database = PlatformDatabase.Open(platform);
        using var client = TestPlatform.CreateClient(platform);
        using var abort = new CancellationTokenSource();
        var request = client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, abort.Token);

        await Wait.UntilAsync("the statement runs", async () => request.IsCompleted || await RunningAsync(database, marker) > 0, StartLimit);
        Assert.False(request.IsCompleted, request.IsCompletedSuccessfully ? $"answered {(await request).StatusCode}" : request.Exception?.ToString());
        await abort.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Wait.UntilAsync("the statement has stopped", async () => await RunningAsync(database, marker) == 0, StopLimit);
    }

    private static Task<long> RunningAsync(NpgsqlDataSource database, string marker) => database.ScalarAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{marker}%' AND pid <> pg_backend_pid()");
}
