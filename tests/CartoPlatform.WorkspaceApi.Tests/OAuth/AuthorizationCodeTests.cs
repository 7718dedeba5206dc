using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.SignIn;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.Users;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

public sealed class AuthorizationCodeTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Back = "https://app.example/back?from=carto";
    private const string Origin = "https://app.example";
    private const string Me = "/v3/accounts/users/me";

    private static readonly string Verifier = new('v', 43);

    [Fact]
    public async Task User_comes_back_with_a_code_that_gives_tokens_of_his_rights()
    {
        var (app, email, cookie) = await BeginAsync();

        var (status, back) = await AuthorizeAsync(app, cookie, ("scope", "openid email read:tokens read:maps offline_access"), ("state", "s & t"), ("nonce", "n"));
        var reply = await RedeemAsync(app, back["code"]!);

        Assert.Equal((HttpStatusCode.Redirect, "s & t", "carto"), (status, back["state"], back["from"]));
        Assert.Equal(running.Service.PublicUrl.GetLeftPart(UriPartial.Authority), back["iss"]);
        Assert.Equal((HttpStatusCode.OK, null), reply.Outcome);
        Assert.Equal("no-store", reply.CacheControl);
        Assert.Equal("openid email read:maps", reply.Body.Text("scope"));
        var token = reply.Body.Text("access_token")!;
        Assert.Equal(email, (await running.Service.SendAsync(HttpMethod.Get, Me, token)).Body.Text("email"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "/v3/organization-maps", token));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, "/v3/maps", token));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Get, "/v3/tokens", token));
        var idToken = new JsonWebToken(reply.Body.Text("id_token"));
        Assert.Equal((app, "n", email), (idToken.Audiences.Single(), idToken.GetPayloadValue<string>("nonce"), idToken.GetPayloadValue<string>("email")));
        Assert.Equal((email, idToken.Subject), ((await UserInfoAsync(token)).Text("email"), (await UserInfoAsync(token)).Text("sub")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, reply.Body.Text("id_token")!));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, reply.Body.Text("refresh_token")!));
    }

    [Fact]
    public async Task Code_is_good_once_and_the_second_use_ends_what_came_of_the_first()
    {
        var (app, _, cookie) = await BeginAsync();
        var code = (await AuthorizeAsync(app, cookie)).Back["code"]!;
        var first = await RedeemAsync(app, code);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, Me, first.Body.Text("access_token")!));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, code)).Outcome);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, first.Body.Text("access_token")!));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RefreshAsync(app, first.Body.Text("refresh_token")!)).Outcome);
    }

    [Fact]
    public async Task Of_many_at_once_with_one_code_one_gets_tokens()
    {
        var (app, _, cookie) = await BeginAsync();
        var code = (await AuthorizeAsync(app, cookie)).Back["code"]!;

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RedeemAsync(app, code)));

        Assert.Equal([HttpStatusCode.OK], replies.Select(reply => reply.Status).Where(status => status != HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Code_fits_its_client_redirect_uri_verifier_and_minute()
    {
        var (app, _, cookie) = await BeginAsync();
        var other = await NewAppAsync();
        var machine = await running.CreateMachineAsync();
        async Task<string> CodeAsync() => (await AuthorizeAsync(app, cookie)).Back["code"]!;

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(other, await CodeAsync())).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, await CodeAsync(), verifier: new string('w', 43))).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, await CodeAsync(), verifier: Challenge(Verifier))).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, await CodeAsync(), back: "https://app.example/back")).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, "no such code")).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (await RedeemAsync(app, await CodeAsync(), verifier: "")).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (await RedeemAsync(app, await CodeAsync(), back: "")).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (await RedeemAsync(app, "")).Outcome);
        var asMachine = await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", "authorization_code"), ("code", await CodeAsync())], $"{machine.Id}:{machine.Secret}");
        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), asMachine.Outcome);

        var burnt = await CodeAsync();
        await RedeemAsync(app, burnt, verifier: new string('w', 43));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, burnt)).Outcome);
        var late = await CodeAsync();
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RedeemAsync(app, late)).Outcome);
    }

    [Theory]
    [InlineData("unsupported_response_type", "response_type", "token")]
    [InlineData("unsupported_response_type", "response_type", "")]
    [InlineData("invalid_request", "response_type", null)]
    [InlineData("invalid_request", "code_challenge_method", "plain")]
    [InlineData("invalid_request", "code_challenge_method", null)]
    [InlineData("invalid_request", "code_challenge", null)]
    [InlineData("invalid_request", "code_challenge", "short")]
    [InlineData("invalid_request", "code_challenge", "+++++++++++++++++++++++++++++++++++++++++++")]
    [InlineData("invalid_request", "response_mode", "fragment")]
    [InlineData("invalid_request", "prompt", "none login")]
    [InlineData("invalid_request", "max_age", "-1")]
    [InlineData("request_not_supported", "request", "a.b.c")]
    [InlineData("request_uri_not_supported", "request_uri", "https://evil.example")]
    public async Task Wrong_request_goes_back_to_the_application(string error, string name, string? value)
    {
        var (app, _, cookie) = await BeginAsync();

        var (status, back) = await AuthorizeAsync(app, cookie, ("state", "kept"), (name, value));

        Assert.Equal((HttpStatusCode.Redirect, error, "kept", false), (status, back["error"], back["state"], back.ContainsKey("code")));
    }

    [Theory]
    [InlineData("https://app.example/back")]
    [InlineData("https://app.example/back?from=carto&x=1")]
    [InlineData("https://app.example/back?from=carto#")]
    [InlineData("https://APP.example/back?from=carto")]
    [InlineData("https://app.example.evil.example/back?from=carto")]
    [InlineData("https://app.example@evil.example/back?from=carto")]
    [InlineData("http://app.example/back?from=carto")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_registered(string redirectUri)
    {
        var (app, _, cookie) = await BeginAsync();

        using var answer = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(app, ("redirect_uri", redirectUri)), cookie);
        using var twice = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(app) + "&redirect_uri=" + Uri.EscapeDataString(redirectUri), cookie);
        using var unknown = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(Guid.NewGuid().ToString()), cookie);

        Assert.All([answer, twice, unknown], refused => Assert.Equal((HttpStatusCode.BadRequest, null), (refused.StatusCode, refused.Headers.Location)));
    }

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first_and_comes_back_by_a_page()
    {
        var (app, email, cookie) = await BeginAsync();

        using var unknown = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(app, ("prompt", "login"), ("state", "s")), null);
        var silent = await AuthorizeAsync(app, null, ("prompt", "none"));
        using var again = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(app, ("prompt", "login"), ("state", "s")), cookie);
        running.Platform.Time.Advance(TimeSpan.FromMinutes(2));
        using var old = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(app, ("max_age", "60")), cookie);

        Assert.Equal("login_required", silent.Back["error"]);
        foreach (var answer in (HttpResponseMessage[])[unknown, again, old]) Assert.StartsWith("/sign-in?returnTo=", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var returnTo = QueryHelpers.ParseQuery(unknown.Headers.Location!.OriginalString.Split('?', 2)[1])["returnTo"].ToString();
        Assert.DoesNotContain("prompt", returnTo, StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent([new("email", email), new("password", UserSteps.Password), new("returnTo", returnTo)]);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = running.Service.PublicUrl };
        client.DefaultRequestHeaders.Add("Origin", running.Service.PublicUrl.GetLeftPart(UriPartial.Authority));
        using var page = await client.PostAsync("/sign-in", form);
        // A redirect would be one of the form's, which the page's form-action does not let lead elsewhere.
        Assert.Equal((HttpStatusCode.OK, null), (page.StatusCode, page.Headers.Location));
        var next = WebUtility.HtmlDecode((await page.Content.ReadAsStringAsync()).Split("url=")[1].Split('"')[0]);
        // By hand: by the machine's clock the cookie has expired.
        using var done = await running.Service.WithCookieAsync(HttpMethod.Get, next, page.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        Assert.StartsWith(Back, done.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_in_a_header_authorizes_nobody()
    {
        var (app, _, _) = await BeginAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = running.Service.PublicUrl };
        client.DefaultRequestHeaders.Authorization = new("Bearer", running.Platform.ReadOwnerToken());

        using var answer = await client.GetAsync(AuthorizePath(app));

        Assert.StartsWith("/sign-in?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_tokens_rotate_and_one_used_twice_ends_all_of_them()
    {
        var (app, _, cookie) = await BeginAsync();
        var first = await RedeemAsync(app, (await AuthorizeAsync(app, cookie, ("scope", "openid read:maps"))).Back["code"]!);
        var second = await RefreshAsync(app, first.Body.Text("refresh_token")!, "read:maps");
        Assert.Equal(((HttpStatusCode.OK, (string?)null), "read:maps"), (second.Outcome, second.Body.Text("scope")));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (await RefreshAsync(app, second.Body.Text("refresh_token")!, "write:maps")).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RefreshAsync(await NewAppAsync(), second.Body.Text("refresh_token")!)).Outcome);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "/v3/organization-maps", second.Body.Text("access_token")!));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RefreshAsync(app, first.Body.Text("refresh_token")!)).Outcome);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (await RefreshAsync(app, second.Body.Text("refresh_token")!)).Outcome);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "/v3/organization-maps", second.Body.Text("access_token")!));
    }

    [Fact]
    public async Task Tokens_end_with_the_session_the_user_and_the_client()
    {
        foreach (var end in (Func<string, string, string, Task>[])
                 [
                     (_, _, cookie) => running.Service.WithCookieAsync(HttpMethod.Post, "/v3/accounts/sign-out", cookie).OkAsync(),
                     (_, user, _) => running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", """{"isActive":false}""").OkAsync(),
                     (_, user, _) => running.AsOwnerAsync(HttpMethod.Delete, $"/v3/users/{user}").OkAsync(),
                     (app, _, _) => running.AsOwnerAsync(HttpMethod.Delete, $"/v3/oauth-clients/{app}", null).OkAsync(),
                 ])
        {
            var (app, _, cookie) = await BeginAsync();
            var issued = await RedeemAsync(app, (await AuthorizeAsync(app, cookie)).Back["code"]!);
            var pending = (await AuthorizeAsync(app, cookie)).Back["code"]!;
            var token = issued.Body.Text("access_token")!;
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, Me, token));

            await end(app, new JsonWebToken(token).Subject, cookie);

            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, token));
            Assert.NotEqual(HttpStatusCode.OK, (await RefreshAsync(app, issued.Body.Text("refresh_token")!)).Status);
            Assert.NotEqual(HttpStatusCode.OK, (await RedeemAsync(app, pending)).Status);
        }
    }

    [Fact]
    public async Task Role_that_a_user_has_lost_his_tokens_have_lost()
    {
        var (app, _, cookie) = await BeginAsync();
        var token = (await RedeemAsync(app, (await AuthorizeAsync(app, cookie)).Back["code"]!)).Body.Text("access_token")!;
        var record = (await running.Service.Get<WorkspaceClient.IWorkspaceDirectory>().FindTokenAsync(Guid.Parse(new JsonWebToken(token).Id), CancellationToken.None))!;
        Assert.Equal((AccountRole.Editor, "*"), (record.Role, Assert.Single(record.Grants).ConnectionName));

        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{record.UserId}", """{"role":"Viewer"}""").OkAsync();

        record = (await running.Service.Get<WorkspaceClient.IWorkspaceDirectory>().FindTokenAsync(Guid.Parse(new JsonWebToken(token).Id), CancellationToken.None))!;
        Assert.Equal((AccountRole.Viewer, 0), (record.Role, record.Grants.Count));
    }

    [Fact]
    public async Task Token_lives_no_longer_than_the_session()
    {
        var (app, _, cookie) = await BeginAsync();
        running.Platform.Time.Advance(SessionStore.Lifetime - TimeSpan.FromMinutes(10));

        var issued = await RedeemAsync(app, (await AuthorizeAsync(app, cookie)).Back["code"]!);

        Assert.Equal(600, issued.Body.GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task Only_pages_of_the_application_ask_for_its_tokens()
    {
        var (app, _, cookie) = await BeginAsync();
        async Task<(string, string)[]> FieldsAsync() =>
            [("grant_type", "authorization_code"), ("client_id", app), ("code", (await AuthorizeAsync(app, cookie)).Back["code"]!), ("redirect_uri", Back), ("code_verifier", Verifier)];

        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), (await running.Service.PostFormAsync(OAuthSteps.Token, await FieldsAsync(), origin: "https://evil.example")).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "unauthorized_client"), (await running.Service.PostFormAsync(OAuthSteps.Token, await FieldsAsync(), origin: "null")).Outcome);
        Assert.Equal((HttpStatusCode.OK, null), (await running.Service.PostFormAsync(OAuthSteps.Token, await FieldsAsync(), origin: Origin)).Outcome);
        Assert.Equal((HttpStatusCode.OK, null), (await running.Service.PostFormAsync(OAuthSteps.Token, await FieldsAsync())).Outcome);
    }

    [Fact]
    public async Task Revoked_is_over_and_strangers_revoke_nothing()
    {
        var (app, _, cookie) = await BeginAsync();
        var issued = await RedeemAsync(app, (await AuthorizeAsync(app, cookie)).Back["code"]!);
        var (token, refresh) = (issued.Body.Text("access_token")!, issued.Body.Text("refresh_token")!);
        var next = (await RefreshAsync(app, refresh)).Body;
        var machine = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]""");
        var ofMachine = await running.Service.IssueAsync(machine);
        Task<OAuthReply> RevokeAsync(string client, string text) => running.Service.PostFormAsync("/oauth/revoke", [("client_id", client), ("token", text)]);

        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(await NewAppAsync(), token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(await NewAppAsync(), next.Text("refresh_token")!)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(app, "no such token")).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (await RevokeAsync(machine.Id, ofMachine)).Outcome);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (await RevokeAsync(app, "")).Outcome);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, Me, token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "/v3/tokens", ofMachine));

        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(app, token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, Me, next.Text("access_token")!));
        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(app, next.Text("refresh_token")!)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, next.Text("access_token")!));
        Assert.Equal(HttpStatusCode.OK, (await running.Service.PostFormAsync("/oauth/revoke", [("token", ofMachine)], $"{machine.Id}:{machine.Secret}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "/v3/tokens", ofMachine));
    }

    [Fact]
    public async Task Logout_takes_the_users_own_id_token_and_leads_where_the_client_says()
    {
        var (app, _, cookie) = await BeginAsync();
        var issued = await RedeemAsync(app, (await AuthorizeAsync(app, cookie)).Back["code"]!);
        var hint = issued.Body.Text("id_token")!;
        var (_, _, stranger) = await BeginAsync();
        async Task<HttpResponseMessage> LogoutAsync(string query, string sent) => await running.Service.WithCookieAsync(HttpMethod.Get, $"/oauth/logout?{query}", sent);

        using var bare = await LogoutAsync("", cookie);
        using var forged = await LogoutAsync($"id_token_hint={issued.Body.Text("access_token")}", cookie);
        using var elsewhere = await LogoutAsync($"id_token_hint={hint}&post_logout_redirect_uri=https://evil.example/", cookie);
        using var others = await LogoutAsync($"id_token_hint={hint}", stranger);
        Assert.All([bare, forged, elsewhere], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Get, Me, stranger).StatusAsync());
        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie).StatusAsync());

        using var done = await LogoutAsync($"id_token_hint={hint}&post_logout_redirect_uri=https://app.example/bye&state=x", cookie);

        Assert.Equal("https://app.example/bye?state=x", done.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie).StatusAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, Me, issued.Body.Text("access_token")!));
    }

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task Metadata_names_what_there_is(string path)
    {
        var (_, metadata) = await running.Service.SendAsync(HttpMethod.Get, path, null);
        var issuer = running.Service.PublicUrl.GetLeftPart(UriPartial.Authority);

        Assert.Equal((issuer, $"{issuer}/oauth/authorize", $"{issuer}/oauth/token", $"{issuer}/.well-known/jwks.json"),
            (metadata.Text("issuer"), metadata.Text("authorization_endpoint"), metadata.Text("token_endpoint"), metadata.Text("jwks_uri")));
        Assert.Equal("S256", Assert.Single(metadata.GetProperty("code_challenge_methods_supported").EnumerateArray()).GetString());
    }

    private async Task<(string App, string Email, string Cookie)> BeginAsync()
    {
        var email = UserSteps.NewEmail();
        await running.CreateUserAsync(email, "Editor");
        return (await NewAppAsync(), email, (await running.Service.SignInAsync(email)).Cookie);
    }

    private async Task<string> NewAppAsync() => (await running.CreateClientAsync(
        $$"""{"name":"app","kind":"spa","redirect_uris":["{{Back}}"],"logout_uris":["https://app.example/bye"]}""")).Text("client_id")!;

    private static string AuthorizePath(string app, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = app,
            ["redirect_uri"] = Back,
            ["code_challenge"] = Challenge(Verifier),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in parameters) query[name] = value;
        return QueryHelpers.AddQueryString("/oauth/authorize", query.Where(parameter => parameter.Value is not null));
    }

    private async Task<(HttpStatusCode Status, Dictionary<string, string?> Back)> AuthorizeAsync(string app, string? cookie, params (string Name, string? Value)[] parameters)
    {
        using var answer = await running.Service.WithCookieAsync(HttpMethod.Get, AuthorizePath(app, parameters), cookie);
        Assert.True(answer.Headers.Location?.OriginalString.StartsWith("https://app.example/back?", StringComparison.Ordinal) == true, $"{answer.StatusCode} {answer.Headers.Location} {await answer.Content.ReadAsStringAsync()}");
        return (answer.StatusCode, QueryHelpers.ParseQuery(answer.Headers.Location!.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString()));
    }

    private Task<OAuthReply> RedeemAsync(string app, string code, string? verifier = null, string? back = null) => running.Service.PostFormAsync(
        OAuthSteps.Token,
        [("grant_type", "authorization_code"), ("client_id", app), ("code", code), ("redirect_uri", back ?? Back), ("code_verifier", verifier ?? Verifier)]);

    private Task<OAuthReply> RefreshAsync(string app, string token, string scope = "") => running.Service.PostFormAsync(
        OAuthSteps.Token, [("grant_type", "refresh_token"), ("client_id", app), ("refresh_token", token), ("scope", scope)]);

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string token) => (await running.Service.SendAsync(method, path, token, method == HttpMethod.Post ? "{}" : null)).Status;

    private async Task<JsonElement> UserInfoAsync(string token) => (await running.Service.SendAsync(HttpMethod.Get, "/oauth/userinfo", token)).Body;

    private static string Challenge(string verifier) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
