using System.Net;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Maps;

public sealed class PublicMapTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Fact]
    public async Task Answer_has_the_members_that_the_client_reads()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\",\"description\":\"demo\",\"legend\":[1]");

        var map = await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}?v=3.4&client=deck-gl-carto", null).OkAsync();

        Assert.Equal((id, "A map", "demo"), (map.GetProperty("id").GetString(), map.GetProperty("title").GetString(), map.GetProperty("description").GetString()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", map.GetProperty("updatedAt").GetString());
        Assert.Equal("[1]", map.GetProperty("legend").GetRawText());
        Assert.False(map.TryGetProperty("ownerId", out _));
        var dataset = map.GetProperty("datasets")[0];
        Assert.Equal(
            ("table", "demo.airports", "carto_dw", "postgres", "geom"),
            (dataset.GetProperty("type").GetString(), dataset.GetProperty("source").GetString(), dataset.GetProperty("connectionName").GetString(),
                dataset.GetProperty("providerId").GetString(), dataset.GetProperty("geoColumn").GetString()));
    }

    [Fact]
    public async Task Token_of_a_map_covers_its_datasets_exactly()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\"");
        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/datasets", """{"type":"query","source":"SELECT * FROM demo.cells","connectionName":"other"}""").OkAsync();
        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/publish").OkAsync();

        var principal = new Principal(await RecordAsync(await TokenAsync(id)));

        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(principal, Api.Maps, "carto_dw", Table("demo", "airports")));
        Assert.Equal(AccessDecision.Allowed, AccessPolicy.Decide(principal, Api.Sql, "other", new RequestedSource.Query("SELECT * FROM demo.cells;")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(principal, Api.Maps, "other", Table("demo", "airports")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(principal, Api.Maps, "carto_dw", Table("demo", "cells")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(principal, Api.Maps, "carto_dw", new RequestedSource.Query("SELECT * FROM demo.cells")));
        Assert.Equal(AccessDecision.Forbidden, AccessPolicy.Decide(principal, Api.Imports, "carto_dw", Table("demo", "airports")));
        Assert.False(principal.CanWrite);
        Assert.Null(principal.Token.Role);
    }

    [Fact]
    public async Task Token_follows_what_is_published_and_not_the_draft()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\"");
        var first = await TokenAsync(id);
        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/datasets", """{"type":"table","source":"demo.draft","connectionName":"carto_dw"}""").OkAsync();
        Assert.Equal(first, await TokenAsync(id));
        Assert.DoesNotContain((await RecordAsync(first)).Grants, grant => grant.Source == "demo.draft");

        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/publish").OkAsync();

        // Another token, so that nobody remembers the old one's grants; the old one goes on.
        var second = await TokenAsync(id);
        Assert.NotEqual(first, second);
        Assert.Contains((await RecordAsync(second)).Grants, grant => grant.Source == "demo.draft");
        Assert.Contains((await RecordAsync(first)).Grants, grant => grant.Source == "demo.draft");
    }

    [Theory]
    [InlineData("""{"privacy":"private"}""")]
    [InlineData("""{"privacy":"shared","sharingScope":"organization"}""")]
    [InlineData("""{"privacy":"password","password":"open sesame"}""")]
    public async Task Change_of_privacy_ends_the_token(string privacy)
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\"");
        var token = await TokenAsync(id);

        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/privacy", privacy).OkAsync();

        Assert.Null(await FindAsync(token));
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}", null).RefusedAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Renewed_token_ends_the_old_one()
    {
        var id = await running.CreateMapAsync();
        var old = (await running.AsOwnerAsync(HttpMethod.Get, $"/v3/maps/{id}/token").OkAsync()).GetProperty("token").GetString()!;
        Assert.Equal(old, (await running.AsOwnerAsync(HttpMethod.Get, $"/v3/maps/{id}/token").OkAsync()).GetProperty("token").GetString());

        var renewed = (await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/token").OkAsync()).GetProperty("token").GetString()!;

        Assert.Null(await FindAsync(old));
        Assert.Equal("A map", (await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}", renewed).OkAsync()).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Private_map_is_closed_to_tokens_of_other_maps()
    {
        var closed = await running.CreateMapAsync();
        var other = await running.CreateMapAsync("\"privacy\":\"public\"");

        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{closed}", null).RefusedAsync(HttpStatusCode.Unauthorized);
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{closed}", await TokenAsync(other)).RefusedAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Password_opens_a_map_and_guessing_it_is_slowed_down()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"password\",\"password\":\"open sesame\"");
        var path = $"/v3/maps/public/{id}";

        await running.Service.CallAsync(HttpMethod.Get, path, null).RefusedAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("A map", (await running.Service.CallAsync(HttpMethod.Get, path, null, password: "open sesame").OkAsync()).GetProperty("title").GetString());
        await running.Service.CallAsync(HttpMethod.Post, path, null, """{"v":"3.4","password":"open sesame"}""").OkAsync();
        for (var guess = 0; guess < 10; guess++)
            Assert.Equal("Wrong password", await running.Service.CallAsync(HttpMethod.Get, path, null, password: $"guess {guess}").RefusedAsync(HttpStatusCode.Unauthorized));

        using (var refused = await running.Service.CallAsync(HttpMethod.Get, path, null, password: "open sesame"))
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
        await running.Service.CallAsync(HttpMethod.Get, path, null, password: "open sesame").OkAsync();
        Assert.DoesNotContain("open sesame", await running.Platform.AskAsync<string>($"SELECT m::text FROM platform.maps m WHERE id = '{id}'"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21")]
    [InlineData("%27;DROP")]
    public async Task Unknown_map_is_404(string id) =>
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}", null).RefusedAsync(HttpStatusCode.NotFound);

    private async Task<string> TokenAsync(string mapId) =>
        (await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{mapId}", running.Platform.ReadOwnerToken()).OkAsync()).GetProperty("token").GetString()!;

    private async Task<TokenRecord> RecordAsync(string token) => await FindAsync(token) ?? throw new InvalidOperationException("The token is not valid");

    private async Task<TokenRecord?> FindAsync(string token) =>
        await running.Service.Get<LocalWorkspaceDirectory>().FindTokenAsync((await running.Service.Get<TokenVerifier>().VerifyAsync(token))!.Id, CancellationToken.None);

    private static RequestedSource.Table Table(string schema, string name) => new("carto_dw", schema, name);
}
