using System.Net;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

/// <summary>A machine is as good as the one who has had its secret, an application as the one who has said where its users are sent.</summary>
public sealed class ClientMakerTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private static readonly (HttpStatusCode, string?) Refused = (HttpStatusCode.Unauthorized, "invalid_client");

    [Theory]
    [InlineData("PATCH", """{"isActive":false}""", """{"isActive":true}""")]
    [InlineData("PATCH", """{"role":"Editor"}""", """{"role":"Admin"}""")]
    [InlineData("DELETE", null, null)]
    public async Task Machine_of_who_may_make_none_any_more_gets_nothing_and_what_it_has_got_ends(string method, string? away, string? back)
    {
        var (user, email, cookie) = await AdminAsync();
        var client = await MakeAsync(cookie, ""","role":"Editor" """);
        var access = await running.Service.IssueAsync(client);
        var made = (await running.Service.CallAsync(HttpMethod.Post, "/v3/tokens", access, """{"grants":[{"connection_name":"carto_dw"}]}""").OkAsync()).Text("token")!;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await UseAsync(access), await UseAsync(made)));
        Assert.Equal((email, true), await TellAsync(client.Id));

        await running.AsOwnerAsync(new HttpMethod(method), $"/v3/users/{user}", away).OkAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (await UseAsync(access), await UseAsync(made)));
        Assert.Equal(Refused, await TryIssueAsync(client));
        Assert.False((await TellAsync(client.Id)).IsActive);
        if (back is null) return;
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", back).OkAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await UseAsync(access), await UseAsync(made)));
    }

    [Fact]
    public async Task Machine_that_a_machine_has_made_ends_with_the_first_ones_maker()
    {
        var (user, _, cookie) = await AdminAsync();
        var first = await running.Service.IssueAsync(await MakeAsync(cookie, ""","grants":[{"connection_name":"carto_dw"}]"""));
        var parent = await MakeAsync(cookie, "");
        // An Editor or less makes no clients: the chain is made of what an Admin's machine may do.
        var ofAdmin = await running.CreateMachineAsync(""","role":"Admin" """);
        await running.Platform.AskAsync<object>($"UPDATE platform.oauth_clients SET created_by = '{user}' WHERE id = '{ofAdmin.Id}' RETURNING id");
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", """{"role":"Superadmin"}""").OkAsync();
        var child = await MakeWithAsync(await running.Service.IssueAsync(ofAdmin));
        Assert.Equal(HttpStatusCode.OK, (await TryIssueAsync(child)).Status);

        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/users/{user}").OkAsync();

        foreach (var client in ((string Id, string Secret)[])[parent, ofAdmin, child]) Assert.Equal(Refused, await TryIssueAsync(client));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(first));
    }

    [Fact]
    public async Task Machine_whose_secret_somebody_else_has_taken_goes_on_with_him()
    {
        var (user, _, cookie) = await AdminAsync();
        var client = await MakeAsync(cookie, "");
        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/users/{user}").OkAsync();
        Assert.Equal(Refused, await TryIssueAsync(client));
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/oauth-clients/{client.Id}", """{"name":"not taken"}""").OkAsync();
        Assert.Equal(Refused, await TryIssueAsync(client));

        var secret = (await running.AsOwnerAsync(HttpMethod.Post, $"/v3/oauth-clients/{client.Id}/secret", "{}").OkAsync()).Text("client_secret")!;

        Assert.Equal(Refused, await TryIssueAsync(client));
        Assert.Equal(HttpStatusCode.OK, (await TryIssueAsync((client.Id, secret))).Status);
        Assert.Equal((null, true), await TellAsync(client.Id));
    }

    [Theory]
    [InlineData("PATCH", """{"isActive":false}""")]
    [InlineData("PATCH", """{"role":"Editor"}""")]
    [InlineData("DELETE", null)]
    public async Task Application_of_who_may_make_none_any_more_gets_nothing_until_somebody_else_says_where_it_leads(string method, string? away)
    {
        var (user, _, cookie) = await AdminAsync();
        var made = await running.Service.WithCookieAsync(
            HttpMethod.Post, "/v3/oauth-clients", cookie, $$"""{"name":"app","kind":"spa","redirect_uris":["{{OAuthSteps.Page}}"]}""").OkAsync();
        var viewer = UserSteps.NewEmail();
        await running.CreateUserAsync(viewer, "Viewer");
        var (session, _) = await running.Service.SignInAsync(viewer);
        var app = made.Text("client_id")!;
        var access = await running.Service.IssueToApplicationAsync(app, session);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(access));

        await running.AsOwnerAsync(new HttpMethod(method), $"/v3/users/{user}", away).OkAsync();
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/oauth-clients/{app}", """{"name":"not taken over"}""").OkAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(access));
        // Nor is anybody sent there.
        var path = $"/oauth/authorize?response_type=code&client_id={app}&redirect_uri={Uri.EscapeDataString(OAuthSteps.Page)}&code_challenge_method=S256&code_challenge={new string('c', 43)}";
        Assert.Equal(HttpStatusCode.BadRequest, await running.Service.WithCookieAsync(HttpMethod.Get, path, session).StatusAsync());
        Assert.False((await TellAsync(app)).IsActive);

        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/oauth-clients/{app}", $$"""{"redirect_uris":["{{OAuthSteps.Page}}"]}""").OkAsync();

        Assert.Equal((null, true), await TellAsync(app));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(await running.Service.IssueToApplicationAsync(app, session)));
    }

    private async Task<(string User, string Email, string Cookie)> AdminAsync()
    {
        var email = UserSteps.NewEmail();
        var user = await running.CreateUserAsync(email, "Admin");
        return (user, email, (await running.Service.SignInAsync(email)).Cookie);
    }

    private async Task<(string Id, string Secret)> MakeAsync(string cookie, string members)
    {
        var made = await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/oauth-clients", cookie, $$"""{"name":"machine"{{members}}}""").OkAsync();
        return (made.Text("client_id")!, made.Text("client_secret")!);
    }

    private async Task<(string Id, string Secret)> MakeWithAsync(string token)
    {
        var made = await running.Service.CallAsync(HttpMethod.Post, "/v3/oauth-clients", token, """{"name":"child"}""").OkAsync();
        return (made.Text("client_id")!, made.Text("client_secret")!);
    }

    private async Task<(string? Maker, bool IsActive)> TellAsync(string id)
    {
        var told = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/oauth-clients/{id}").OkAsync();
        return (told.Text("created_by"), told.GetProperty("is_active").GetBoolean());
    }

    private async Task<(HttpStatusCode Status, string? Error)> TryIssueAsync((string Id, string Secret) client) =>
        (await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", "client_credentials"), ("client_id", client.Id), ("client_secret", client.Secret)])).Outcome;

    private async Task<HttpStatusCode> UseAsync(string text) => (await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text)).Status;
}
