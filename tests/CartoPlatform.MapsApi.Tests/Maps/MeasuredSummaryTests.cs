using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Maps;

/// <summary>Rows and bounds of large tables: by statistics at first, exact soon after, and never of other data or of rows that the login does not see.</summary>
public sealed class MeasuredSummaryTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const int Rows = 3_000;
    private const string Inner = "[10,40,11,41]";

    private static readonly (string, string)[] Settings = [("Summaries:MaxWaitRows", "1000")];

    private static int _count;

    private readonly string _table = $"measured_{Interlocked.Increment(ref _count)}";

    // What came after ANALYZE, statistics do not know.
    public Task InitializeAsync() => fixture.Database.ExecuteAsync($"""
        CREATE TABLE demo.{_table} AS
          SELECT i AS id, ST_Point(10 + (i % 2), 40 + (i / 2 % 2), 4326)::geometry(Point, 4326) AS geom FROM generate_series(0, {Rows - 1}) AS i;
        ANALYZE demo.{_table};
        INSERT INTO demo.{_table} VALUES (-1, ST_Point(-70.125, -50.5, 4326));
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync($"DROP TABLE IF EXISTS demo.{_table} CASCADE");

    [Fact]
    public async Task Estimates_are_not_kept_and_exact_numbers_are()
    {
        using var client = fixture.Host(Settings).Owner();
        var first = await DescribeAsync(client);
        if (!first.IsKept) Assert.Equal(Rows, first.Rows);

        var exact = await UntilKeptAsync(client);
        Assert.Equal((Rows + 1, "[-70.125,-50.5,11,41]", true), exact);
        Assert.Equal((Rows + 1, true), await InstantiateAsync(client));
    }

    [Fact]
    public async Task Changed_table_has_none_of_the_old_numbers()
    {
        using var client = fixture.Host(Settings).Owner();
        await UntilKeptAsync(client);

        await fixture.Database.ExecuteAsync($"DELETE FROM demo.{_table} WHERE id < 100; ANALYZE demo.{_table}");
        var next = await DescribeAsync(client);
        Assert.Equal(next.IsKept ? Inner : next.Bounds, next.Bounds);
        Assert.NotEqual(Rows + 1, next.Rows);
        Assert.Equal((Rows - 100, Inner, true), await UntilKeptAsync(client));
    }

    [Fact]
    public async Task Policy_hides_what_was_measured_before()
    {
        using var client = fixture.Host(Settings).Owner();
        await UntilKeptAsync(client);

        await fixture.Database.ExecuteAsync($"ALTER TABLE demo.{_table} ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON demo.{_table} FOR SELECT TO PUBLIC USING (id BETWEEN 1 AND 4)");
        for (var turn = 0; turn < 3; turn++)
        {
            var (rows, bounds, _) = await DescribeAsync(client);
            Assert.Equal((4, Inner), (rows, bounds));
            Assert.Equal(4, (await InstantiateAsync(client)).Rows);
        }
    }

    [Theory]
    [InlineData("&filters=%7B%22id%22:%7B%22closed_open%22:%7B%22values%22:[[-1,2500]]%7D%7D%7D")]
    [InlineData("&spatialDataType=h3&spatialDataColumn=geom&aggregationExp=count(*)%20AS%20n")]
    public async Task Other_maps_of_the_table_are_described_all_the_same(string more)
    {
        using var client = fixture.Host(Settings).Owner();
        await UntilKeptAsync(client);
        var bounds = (await client.OkAsync($"{Url}&format=tilejson{more}")).GetProperty("bounds");
        Assert.Equal("[-70.125,-50.5,11,41]", bounds.GetRawText());
    }

    [Fact]
    public async Task Measuring_can_be_turned_off()
    {
        using var client = fixture.Host([.. Settings, ("Summaries:MeasureLarge", "false")]).Owner();
        for (var turn = 0; turn < 3; turn++) Assert.Equal((Rows, true), ((await DescribeAsync(client)) is var (rows, _, isKept) ? (rows, isKept) : default));
    }

    private string Url => $"/v3/maps/main/table?name=demo.{_table}";

    private static async Task<(JsonElement Answer, bool IsKept)> AskAsync(HttpClient client, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add(CacheDeclaration.ClientHeader, "cache");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (json.RootElement.Clone(), response.Headers.Contains(CacheDeclaration.Header));
    }

    private async Task<(long Rows, string Bounds, bool IsKept)> DescribeAsync(HttpClient client)
    {
        var (answer, isKept) = await AskAsync(client, $"{Url}&format=tilejson");
        return (answer.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64(), answer.GetProperty("bounds").GetRawText(), isKept);
    }

    private async Task<(long Rows, bool IsKept)> InstantiateAsync(HttpClient client)
    {
        var (answer, isKept) = await AskAsync(client, Url);
        return (answer.GetProperty("nrows").GetInt64(), isKept);
    }

    private async Task<(long Rows, string Bounds, bool IsKept)> UntilKeptAsync(HttpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var described = await DescribeAsync(client);
            if (described.IsKept) return described;
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }
}
