using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

public sealed class ClientEndpointsTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Path = "/v3/oauth-clients";

    [Fact]
    public async Task Secret_is_told_once_kept_as_a_hash_and_never_in_the_audit()
    {
        var made = await running.CreateClientAsync("""{"name":"nightly report","role":"Editor","grants":[{"connection_name":"carto_dw","source":"demo.*"}]}""");
        var (id, secret) = (made.Text("client_id")!, made.Text("client_secret")!);

        var one = await AskAsync(HttpMethod.Get, $"{Path}/{id}");
        var renewed = (await AskAsync(HttpMethod.Post, $"{Path}/{id}/secret")).Body.Text("client_secret")!;
        var old = await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", "client_credentials")], $"{id}:{secret}");
        var fresh = await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", "client_credentials")], $"{id}:{renewed}");
        var listed = await AskAsync(HttpMethod.Get, $"{Path}?search=NIGHTLY");
        await AskAsync(HttpMethod.Delete, $"{Path}/{id}");

        Assert.DoesNotContain("client_secret", one.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(id, Assert.Single(listed.Body.EnumerateArray()).Text("client_id"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (old.Status, fresh.Status));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Get, $"{Path}/{id}")).Status);
        var audit = await AskAsync(HttpMethod.Get, $"/v3/audit?search={id}");
        Assert.Equal(["oauth_client.delete", "oauth_client.renew_secret", "oauth_client.create"], audit.Body.EnumerateArray().Select(line => line.Text("action")));
        var kept = await running.Platform.AskAsync<string>("SELECT (SELECT string_agg(c::text, '') FROM platform.oauth_clients c) || (SELECT string_agg(a::text, '') FROM platform.audit a)");
        Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(renewed, kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"x","kind":"native"}""")]
    [InlineData("""{"name":"x","role":"God"}""")]
    [InlineData("""{"name":"x","scopes":["read:everything"]}""")]
    [InlineData("""{"name":"x","role":"Viewer","scopes":["write:maps"]}""")]
    [InlineData("""{"name":"x","scopes":["openid"]}""")]
    [InlineData("""{"name":"x","grants":[{"connection_name":"nowhere"}]}""")]
    [InlineData("""{"name":"x","redirect_uris":["https://app.example/"]}""")]
    [InlineData("""{"name":"x","grants":[{"connection_name":"carto_dw","sorce":"demo.stores"}]}""")]
    [InlineData("""{"name":"x","grants":[{"connection_name":"carto_dw","source":"demo.s*"}]}""")]
    [InlineData("""{"name":"x","grant":[{"connection_name":"carto_dw","source":"demo.stores"}]}""")]
    [InlineData("""{"name":"x","kind":"spa"}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":[]}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":["http://app.example/"]}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":["https://app.example/#"]}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":["https://user@app.example/"]}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":["javascript:alert(1)"]}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":["https://app.example/"],"origins":["https://app.example/path"]}""")]
    [InlineData("""{"name":"x","kind":"spa","redirect_uris":["https://app.example/"],"origins":["*"]}""")]
    public async Task What_makes_no_sense_is_refused(string json)
    {
        var (status, body) = await running.Service.SendAsync(HttpMethod.Post, Path, running.Platform.ReadOwnerToken(), json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(body.Text("error")!);
    }

    [Fact]
    public async Task Clients_are_administrators_business_and_admins_make_no_admins()
    {
        var editor = await SignInAsync("Editor");
        var admin = await SignInAsync("Admin");
        var ofSuperadmin = (await running.CreateClientAsync("""{"name":"x","role":"Admin"}""")).Text("client_id")!;

        Assert.Equal(HttpStatusCode.Forbidden, await ByCookieAsync(HttpMethod.Get, Path, editor));
        Assert.Equal(HttpStatusCode.Forbidden, await ByCookieAsync(HttpMethod.Post, Path, editor, """{"name":"x"}"""));
        Assert.Equal(HttpStatusCode.OK, await ByCookieAsync(HttpMethod.Post, Path, admin, """{"name":"x","role":"Editor"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await ByCookieAsync(HttpMethod.Post, Path, admin, """{"name":"x","role":"Admin"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await ByCookieAsync(HttpMethod.Post, $"{Path}/{ofSuperadmin}/secret", admin));
        Assert.Equal(HttpStatusCode.Forbidden, await ByCookieAsync(HttpMethod.Patch, $"{Path}/{ofSuperadmin}", admin, """{"name":"mine"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await ByCookieAsync(HttpMethod.Delete, $"{Path}/{ofSuperadmin}", admin));
    }

    [Fact]
    public async Task Change_is_within_the_rules_of_a_new_one()
    {
        var id = (await running.CreateClientAsync("""{"name":"x","role":"Editor"}""")).Text("client_id")!;

        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Patch, $"{Path}/{id}", """{"role":"Viewer"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Patch, $"{Path}/{id}", """{"kind":"spa"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"{Path}/{id}", """{"role":"Viewer","scopes":["read:maps"],"grants":[{"connection_name":"other"}]}""")).Status);
        var changed = (await AskAsync(HttpMethod.Patch, $"{Path}/{id}", """{"grants":null}""")).Body;
        Assert.Equal(("Viewer", JsonValueKind.Null), (changed.Text("role"), changed.GetProperty("grants").ValueKind));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string? json = null) =>
        running.Service.SendAsync(method, path, running.Platform.ReadOwnerToken(), json);

    private async Task<string> SignInAsync(string role)
    {
        var email = UserSteps.NewEmail();
        await running.CreateUserAsync(email, role);
        return (await running.Service.SignInAsync(email)).Cookie;
    }

    private Task<HttpStatusCode> ByCookieAsync(HttpMethod method, string path, string cookie, string? json = null) =>
        running.Service.WithCookieAsync(method, path, cookie, json).StatusAsync();
}
