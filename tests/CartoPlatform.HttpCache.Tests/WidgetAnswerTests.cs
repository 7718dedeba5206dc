using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Models and statistics: five minutes at most, GET and POST under one key, dropped at once when their data change.</summary>
public sealed class WidgetAnswerTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private const string Sum = """{"column":"id","operation":"sum"}""";

    [Fact]
    public async Task Model_by_get_and_by_post_is_one_answer_until_its_table_changes()
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/model/formula?type=table&source={table}&params={Uri.EscapeDataString(Sum)}";
        var get = await client.AskAsync(url, headers: ("X-Cache-Debug", "1"));
        Assert.Equal(("MISS", "300 watched model"), (get.Cache, get.Header("X-Cache-Lifetime")));
        var post = await client.PostAsync("/v3/sql/main/model/formula", $$"""{"params":{"operation":"sum","column":"id"},"source":"{{table}}","type":"table","client":"c4"}""");
        Assert.Equal(("HIT", get.Body), (post.Cache, post.Body));
        await fixture.Database.ExecuteAsync($"UPDATE {table} SET id = id + 100");
        await Wait.UntilAsync("the new sum is answered", async () => (await client.AskAsync(url)).Body.Contains("515", StringComparison.Ordinal), TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("/v3/stats/main/{0}/id")]
    [InlineData("/v3/stats/main/{0}/geom")]
    [InlineData("/v3/stats/main/id?q=SELECT * FROM {0}")]
    public async Task Statistics_are_kept_until_the_table_changes(string template)
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var url = template.Replace("{0}", table, StringComparison.Ordinal);
        var first = await client.AskAsync(url, headers: ("X-Cache-Debug", "1"));
        Assert.Equal(("MISS", "300 watched stats"), (first.Cache, first.Header("X-Cache-Lifetime")));
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        await fixture.Database.ExecuteAsync($"INSERT INTO {table} VALUES (1000, ST_SetSRID(ST_Point(100, 50), 4326))");
        await Wait.UntilAsync("the new rows count", async () => (await client.AskAsync(url)).Body != first.Body, TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("""{"column":"id","operation":"sum"}""", "300")]
    [InlineData("""{"column":"*","operation":"custom","operationExp":"sum(extract(epoch from now()))"}""", "60")]
    [InlineData("""{"column":"*","operation":"custom","operationExp":"sum(extract(epoch from current_timestamp))"}""", "60")]
    public async Task Expression_counts_for_how_long_a_model_is_kept(string parameters, string seconds)
    {
        var table = await fixture.CreateTableAsync();
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/model/formula?type=table&source={table}&params={Uri.EscapeDataString(parameters)}";
        var answer = await client.AskAsync(url, headers: ("X-Cache-Debug", "1"));
        // What the grammar of expressions refuses is not kept at all.
        if (answer.Response.IsSuccessStatusCode) Assert.Equal(seconds, answer.Header("X-Cache-Lifetime")?.Split(' ')[0]);
        else Assert.NotEqual("HIT", (await client.AskAsync(url)).Cache);
    }

    [Fact]
    public async Task Widget_of_a_query_takes_either_api_and_the_very_query()
    {
        var table = await fixture.CreateTableAsync();
        using var owner = fixture.Host.Owner();
        var url = $"/v3/sql/main/model/formula?type=query&source=SELECT * FROM {table}&params={Uri.EscapeDataString(Sum)}";
        await owner.AskAsync(url);
        using var maps = fixture.Host.As(fixture.AddToken(["maps"], new Contracts.Workspace.GrantRecord("main", $"SELECT * FROM {table}")));
        Assert.Equal("HIT", (await maps.AskAsync(url)).Cache);
        using var other = fixture.Host.As(fixture.AddToken(["maps"], new Contracts.Workspace.GrantRecord("main", "SELECT 1")));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await other.AskAsync(url)).Status);
    }
}
