using System.Globalization;
using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Warm;

/// <summary>What a tile out of memory shows where so many are asked for that the last word of changes must do.</summary>
public sealed class WarmFreshnessTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const int Rounds = 15;

    // Beyond what is asked for in a second.
    private const int Burst = 60;

    private static int _count;

    private readonly string _table = $"moving_{Interlocked.Increment(ref _count)}";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync($"""
        CREATE TABLE demo.{_table} AS SELECT 0 AS id, ST_Point(i, 0, 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 100) AS i;
        CREATE INDEX ON demo.{_table} USING gist (geom);
        ANALYZE demo.{_table};
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync($"DROP TABLE demo.{_table}");

    [Fact]
    public async Task Whoever_has_written_through_the_platform_sees_it()
    {
        using var client = await WarmAsync(fixture.Host(("WarmLayers:MinUses", "1")));
        for (var round = 1; round <= Rounds; round++)
        {
            await BurstAsync(client);
            await CommitAsync(round);
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            request.Headers.Add(CacheDeclaration.ChangedHeader, $"{MapsFixture.Connection};0");
            using var response = await client.SendAsync(request);
            Assert.Equal(round, await IdAsync(response));
        }
    }

    [Fact]
    public async Task Whoever_has_seen_newer_data_elsewhere_gets_them()
    {
        using var client = await WarmAsync(fixture.Host(("WarmLayers:MinUses", "1")));
        using var other = fixture.Host(("WarmLayers:Enabled", "false")).Owner();
        for (var round = 1; round <= Rounds; round++)
        {
            await BurstAsync(client);
            await CommitAsync(round);
            var stamp = await StampAsync(other);
            using var response = await client.GetAsync($"{Url}&cache={stamp}");
            Assert.Equal(round, await IdAsync(response));
        }
    }

    [Fact]
    public async Task All_others_see_it_soon_after_and_nothing_older_again()
    {
        using var client = await WarmAsync(fixture.Host(("WarmLayers:MinUses", "1")));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var round = 1; round <= 5; round++)
        {
            await CommitAsync(round);
            var seen = round - 1;
            while (seen < round)
            {
                limit.Token.ThrowIfCancellationRequested();
                using var response = await client.GetAsync(Url, limit.Token);
                var id = await IdAsync(response);
                Assert.InRange(id, seen, round);
                seen = id;
            }
        }
    }

    [Fact]
    public async Task Cache_is_told_that_the_versions_are_of_the_last_word()
    {
        using var client = await WarmAsync(fixture.Host(("WarmLayers:MinUses", "1"), ("WarmLayers:MaxWordAge", "00:00:00.2")));
        await BurstAsync(client);
        var told = new List<bool>();
        for (var turn = 0; turn < Burst; turn++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            request.Headers.Add(CacheDeclaration.ClientHeader, "cache");
            using var response = await client.SendAsync(request);
            var declaration = JsonSerializer.Deserialize(response.Headers.GetValues(CacheDeclaration.Header).Single(), CachingJson.Default.CacheDeclaration)!;
            told.Add(declaration.IsAsHeard);
        }

        Assert.Contains(true, told);
    }

    private string Url => $"/v3/maps/main/table/0/0/0?name=demo.{_table}&columns=id&formatTiles=mvt";

    private async Task<HttpClient> WarmAsync(MapsHost host)
    {
        var client = host.Owner();
        var before = host.WarmTiles;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (host.WarmTiles < before + Burst)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            request.Headers.Add(CacheDeclaration.ClientHeader, "cache");
            using var response = await client.SendAsync(request, limit.Token);
            response.EnsureSuccessStatusCode();
        }

        return client;
    }

    private async Task BurstAsync(HttpClient client)
    {
        for (var turn = 0; turn < Burst; turn++)
        {
            using var response = await client.GetAsync(Url);
            response.EnsureSuccessStatusCode();
        }
    }

    private Task CommitAsync(int id) => fixture.Database.ExecuteAsync($"UPDATE demo.{_table} SET id = {id}");

    private async Task<string> StampAsync(HttpClient client)
    {
        using var answer = JsonDocument.Parse(await client.GetStringAsync($"/v3/maps/main/table?name=demo.{_table}&format=tilejson"));
        var tile = new Uri(answer.RootElement.GetProperty("tiles")[0].GetString()!.Replace("{z}/{x}/{y}", "0/0/0", StringComparison.Ordinal));
        return System.Web.HttpUtility.ParseQueryString(tile.Query)["cache"]!;
    }

    private static async Task<int> IdAsync(HttpResponseMessage response)
    {
        var features = Assert.Single(MvtReader.Read(await response.Content.ReadAsByteArrayAsync())).Features;
        return int.Parse($"{features.Select(feature => feature.Properties["id"]).Distinct().Single()}", CultureInfo.InvariantCulture);
    }
}
