using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Who may purge, and what a purge takes.</summary>
public sealed class PurgeTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private const string Url = "/v3/cache/purge";

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"everything":false}""")]
    [InlineData("""{"everything":"yes"}""")]
    [InlineData("""{"tags":[null]}""")]
    [InlineData("""{"tags":[]}""")]
    [InlineData("""{"urls":["/v3/connections"]}""")]
    [InlineData("""{"urls":["http://["]}""")]
    public async Task Order_that_says_nothing_is_refused(string body)
    {
        using var owner = fixture.Host.Owner();
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(Url, body)).Status);
    }

    [Fact]
    public async Task Only_administrators_purge()
    {
        const string Body = """{"everything":true}""";
        using var anonymous = fixture.Host.Anonymous();
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.PostAsync(Url, Body)).Status);
        using var token = fixture.Host.As(fixture.AddToken(["maps", "sql"], new Contracts.Workspace.GrantRecord("*")));
        Assert.Equal(HttpStatusCode.Forbidden, (await token.PostAsync(Url, Body)).Status);
    }

    [Fact]
    public async Task Purge_stands_in_the_audit_with_who_what_and_which_replicas()
    {
        using var owner = fixture.Host.Owner();
        var purged = await owner.PostAsync(Url, """{"tags":["table:main/demo.never"],"urls":["/v3/stats/main/demo.never/id"]}""");
        Assert.Equal(HttpStatusCode.OK, purged.Status);
        var id = System.Text.Json.JsonDocument.Parse(purged.Body).RootElement.GetProperty("id").GetGuid();
        var record = Assert.Single(fixture.Maps.Workspace.Audit, record => record.Details?.GetProperty("id").GetGuid() == id);
        Assert.Equal(
            ("cache.purge", "table:main/demo.never /v3/stats/main/demo.never/id", fixture.Maps.OwnerToken.AccountId), (record.Action, record.Subject, record.AccountId));
        Assert.Equal(1, record.Details?.GetProperty("replicas").GetArrayLength());
        // A refused one does not.
        var before = fixture.Maps.Workspace.Audit.Count;
        await owner.PostAsync(Url, "{}");
        Assert.Equal(before, fixture.Maps.Workspace.Audit.Count);
    }

    [Fact]
    public async Task Answer_that_was_on_its_way_during_a_purge_is_not_kept()
    {
        var table = await fixture.CreateTableAsync();
        var host = await fixture.StartAsync();
        using var owner = host.Owner();
        host.Origin.After = async () =>
        {
            host.Origin.After = () => Task.CompletedTask;
            using var other = host.Owner();
            await other.PostAsync(Url, $$"""{"tags":["connection:main"]}""");
        };
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        Assert.Equal("MISS", (await owner.AskAsync(url)).Cache);
        Assert.Equal("MISS", (await owner.AskAsync(url)).Cache);
        Assert.Equal("HIT", (await owner.AskAsync(url)).Cache);
    }
}
