using System.Net;
using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Tests.Demo;

public sealed class DemoEndpointsTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Config_names_the_connection_and_a_token_for_the_sample_tables_alone()
    {
        await using var platform = await CreateAsync();
        await using var service = await platform.StartAsync();

        var config = JsonDocument.Parse(await ReadConfigAsync(service)).RootElement;
        var claims = await service.Get<TokenVerifier>().VerifyAsync(config.GetProperty("accessToken").GetString()!);
        var token = await service.Get<IWorkspaceDirectory>().FindTokenAsync(claims!.Id, CancellationToken.None);
        var visitor = new Principal(token!);

        Assert.Equal("carto_dw", config.GetProperty("connection").GetString());
        Assert.False(visitor.CanWrite);
        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(visitor, Api.Maps, "carto_dw", Table("demo", "airports")));
        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(visitor, Api.Sql, "carto_dw", Table("demo", "airports")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(visitor, Api.Maps, "carto_dw", Table("public", "airports")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(visitor, Api.Maps, "carto_dw", Table("demo", "payroll")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(visitor, Api.Maps, "other", Table("demo", "airports")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(visitor, Api.Imports, "carto_dw", Table("demo", "airports")));
        Assert.Equal(
            AccessDecision.Forbidden,
            AccessPolicy.Decide(visitor, Api.Sql, "carto_dw", new RequestedSource.Query("SELECT * FROM demo.airports")));
    }

    [Fact]
    public async Task Config_is_the_same_after_a_restart_and_from_every_replica()
    {
        await using var platform = await CreateAsync();
        await using var first = await platform.StartAsync();
        var before = await ReadConfigAsync(first);
        platform.Time.Advance(TimeSpan.FromHours(3));
        await using var second = await platform.StartAsync();

        Assert.Equal(before, await ReadConfigAsync(first));
        Assert.Equal(before, await ReadConfigAsync(second));
    }

    [Fact]
    public async Task Token_of_before_that_reads_all_of_the_schema_is_narrowed_to_the_samples()
    {
        await using var platform = await CreateAsync();
        string before;
        await using (var service = await platform.StartAsync()) before = await ReadConfigAsync(service);
        await platform.AskAsync<int>(
            """UPDATE platform.tokens SET grants = '[{"connectionName":"carto_dw","source":"demo.*"}]' WHERE kind = 'demo' RETURNING 1""");

        await using var next = await platform.StartAsync();
        var grants = await platform.AskAsync<string>("SELECT grants::text FROM platform.tokens WHERE kind = 'demo' AND revoked_at IS NULL");

        Assert.Equal(before, await ReadConfigAsync(next));
        Assert.DoesNotContain("*", grants, StringComparison.Ordinal);
        Assert.Contains("demo.airports", grants, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_of_the_token_is_kept_nowhere()
    {
        await using var platform = await CreateAsync();
        await using var service = await platform.StartAsync();
        var text = JsonDocument.Parse(await ReadConfigAsync(service)).RootElement.GetProperty("accessToken").GetString()!;

        var rows = await platform.AskAsync<string>("SELECT string_agg(t::text, '') FROM platform.tokens t");

        Assert.Contains("demo page", rows, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('.')[2], rows, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_that_is_switched_off_ends_its_token()
    {
        await using var platform = await CreateAsync();
        string token;
        await using (var service = await platform.StartAsync())
            token = JsonDocument.Parse(await ReadConfigAsync(service)).RootElement.GetProperty("accessToken").GetString()!;
        platform.Settings["Demo:Enabled"] = "false";

        await using var next = await platform.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await next.GetAsync("/demo/config.json")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await next.GetAsync("/v3/connections", token)).StatusCode);
    }

    private async Task<TestPlatform> CreateAsync()
    {
        var platform = await TestPlatform.CreateAsync(database);
        platform.Settings["Demo:Enabled"] = "true";
        return platform;
    }

    private static RequestedSource.Table Table(string schema, string name) => new("carto_dw", schema, name);

    private static async Task<string> ReadConfigAsync(WorkspaceService service)
    {
        var answer = await service.GetAsync("/demo/config.json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
