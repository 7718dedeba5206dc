using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Passwords;
using CartoPlatform.WorkspaceApi.SignIn;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.SignIn;

public sealed class SessionTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Me = "/v3/accounts/users/me";

    [Fact]
    public async Task Cookie_is_for_this_site_alone_and_tells_who_one_is()
    {
        var email = await NewUserAsync();

        var (cookie, set) = await running.Service.SignInAsync(email);

        Assert.Matches("; path=/.*; samesite=lax.*; httponly", set.ToLowerInvariant());
        Assert.DoesNotContain("; secure", set, StringComparison.OrdinalIgnoreCase);
        using var me = await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie);
        Assert.Equal(email, (await me.Content.ReadFromJsonAsync<JsonElement>()).Text("email"));
        var kept = await running.Platform.AskAsync<string>("SELECT string_agg(s::text, '') FROM platform.sessions s");
        Assert.DoesNotContain(cookie.Split('=')[1], kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_not_told_apart()
    {
        var email = await NewUserAsync();

        var wrongPassword = await TrySignInAsync(email, "not the password at all");
        var nobody = await TrySignInAsync(UserSteps.NewEmail(), UserSteps.Password);

        Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"Wrong email or password"}"""), wrongPassword);
        Assert.Equal(wrongPassword, nobody);
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_a_user_for_a_while()
    {
        var email = await NewUserAsync();
        for (var guess = 0; guess < 5; guess++) await TrySignInAsync(email, $"not the password {guess}");

        Assert.Equal(HttpStatusCode.Unauthorized, (await TrySignInAsync(email, UserSteps.Password)).Status);
        running.Platform.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(HttpStatusCode.OK, (await TrySignInAsync(email, UserSteps.Password)).Status);
    }

    [Fact]
    public async Task Ten_failures_of_one_address_are_429_with_the_time_to_wait_on_the_page_too()
    {
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
        for (var guess = 0; guess < 10; guess++) await TrySignInAsync(UserSteps.NewEmail(), UserSteps.Password);

        using var answer = await running.Service.WithCookieAsync(
            HttpMethod.Post, "/v3/accounts/sign-in", null, $$"""{"email":"{{UserSteps.NewEmail()}}","password":"{{UserSteps.Password}}"}""");
        using var client = new HttpClient { BaseAddress = running.Service.PublicUrl };
        client.DefaultRequestHeaders.Add("Origin", running.Service.PublicUrl.GetLeftPart(UriPartial.Authority));
        using var form = new FormUrlEncodedContent([new("email", UserSteps.NewEmail()), new("password", UserSteps.Password)]);
        using var page = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form);

        Assert.All([answer, page], refused => Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta)));
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Signing_out_shutting_out_and_a_new_password_end_sessions()
    {
        var email = UserSteps.NewEmail();
        var id = await running.CreateUserAsync(email, "Editor");
        foreach (var end in (Func<string, Task>[])
                 [
                     cookie => running.Service.WithCookieAsync(HttpMethod.Post, "/v3/accounts/sign-out", cookie).OkAsync(),
                     _ => running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{id}", $$"""{"password":"{{UserSteps.Password}}"}""").OkAsync(),
                     _ => running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{id}", """{"isActive":false}""").OkAsync(),
                 ])
        {
            var (cookie, _) = await running.Service.SignInAsync(email);
            Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie).StatusAsync());

            await end(cookie);

            Assert.Equal(HttpStatusCode.Unauthorized, await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie).StatusAsync());
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await TrySignInAsync(email, UserSteps.Password)).Status);
    }

    /// <summary>The work that takes time is the hash: one of them whoever is asked for, and whatever is wrong.</summary>
    [Fact]
    public async Task Password_of_anybody_is_held_against_one_hash()
    {
        var passwords = running.Service.Get<PasswordHashing>();
        var (known, shutOut, locked, foreign) = (await NewUserAsync(), await NewUserAsync(), await NewUserAsync(), await NewUserAsync());
        await running.Database.ExecuteAsync($"""
            UPDATE platform.users SET is_active = false WHERE email = '{shutOut}';
            UPDATE platform.users SET locked_until = '2100-01-01' WHERE email = '{locked}';
            UPDATE platform.users SET password_hash = NULL WHERE email = '{foreign}'
            """);

        foreach (var (email, password) in ((string, string)[])
                 [
                     (UserSteps.NewEmail(), "wrong password"), (known, "wrong password"), (shutOut, UserSteps.Password), (locked, UserSteps.Password),
                     (foreign, UserSteps.Password),
                 ])
        {
            var before = passwords.Verified;
            Assert.Equal(HttpStatusCode.Unauthorized, (await TrySignInAsync(email, password)).Status);
            Assert.Equal(before + 1, passwords.Verified);
        }

        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Session_ends_by_itself()
    {
        var (cookie, _) = await running.Service.SignInAsync(await NewUserAsync());

        running.Platform.Time.Advance(SessionStore.Lifetime);

        Assert.Equal(HttpStatusCode.Unauthorized, await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie).StatusAsync());
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Pages_of_other_sites_change_nothing(string origin)
    {
        var (cookie, _) = await running.Service.SignInAsync(await NewUserAsync());

        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/maps", cookie, "{}", origin).StatusAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/accounts/sign-out", cookie, null, origin).StatusAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/accounts/sign-in", null, "{}", origin).StatusAsync());
        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie).StatusAsync());
    }

    [Fact]
    public async Task Change_by_cookie_takes_a_proof_of_where_it_comes_from()
    {
        var (cookie, _) = await running.Service.SignInAsync(await NewUserAsync());

        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/maps", cookie, "{}", origin: "").StatusAsync());
        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/maps", cookie, "{}").StatusAsync());
    }

    [Theory]
    [InlineData("carto_session=")]
    [InlineData("carto_session=x")]
    [InlineData("carto_session=a.b.c")]
    public async Task Foreign_cookie_is_no_error_and_no_user(string cookie) =>
        Assert.Equal("""{"error":"Token not defined","status":401}""", await (await running.Service.WithCookieAsync(HttpMethod.Get, Me, cookie)).Content.ReadAsStringAsync());

    [Fact]
    public async Task Token_in_a_cookie_is_no_session()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await running.Service.WithCookieAsync(HttpMethod.Get, Me, $"carto_session={running.Platform.ReadOwnerToken()}").StatusAsync());
    }

    [Theory]
    [InlineData("//evil.example/x", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/maps?x=1", "/maps?x=1")]
    [InlineData("/a\nSet-Cookie: x", "/")]
    [InlineData(null, "/")]
    public void Way_back_stays_on_this_platform(string? asked, string expected) => Assert.Equal(expected, ReturnPath.Of(asked));

    [Fact]
    public async Task Page_has_no_script_and_shows_what_it_is_given_as_text()
    {
        using var answer = await running.Service.WithCookieAsync(HttpMethod.Get, "/sign-in?returnTo=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", null);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Desktop_clients_find_the_addresses()
    {
        using var answer = await running.Service.WithCookieAsync(HttpMethod.Get, "/config.yaml", null);

        Assert.Contains($"baseUrl: \"{running.Service.PublicUrl.GetLeftPart(UriPartial.Authority)}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<string> NewUserAsync()
    {
        var email = UserSteps.NewEmail();
        await running.CreateUserAsync(email, "Editor");
        return email;
    }

    private async Task<(HttpStatusCode Status, string Text)> TrySignInAsync(string email, string password)
    {
        using var answer = await running.Service.WithCookieAsync(
            HttpMethod.Post, "/v3/accounts/sign-in", null, $$"""{"email":"{{email}}","password":"{{password}}"}""");
        return (answer.StatusCode, answer.StatusCode == HttpStatusCode.OK ? "" : await answer.Content.ReadAsStringAsync());
    }
}
