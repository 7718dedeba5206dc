using System.Net;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;

namespace CartoPlatform.WorkspaceApi.Tests.Users;

/// <summary>Rights that change while somebody uses them.</summary>
public sealed class RightsInUseTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Fact]
    public async Task Role_that_is_lowered_is_lowered_in_open_sessions_and_what_was_kept_of_maps_ends()
    {
        var email = UserSteps.NewEmail();
        var user = await running.CreateUserAsync(email, "Admin");
        var (cookie, _) = await running.Service.SignInAsync(email);
        var secret = await running.CreateMapAsync();
        var kept = (await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/maps/public/{secret}", cookie).OkAsync()).Text("token")!;
        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Get, "/v3/users", cookie).StatusAsync());
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{secret}", kept).OkAsync();

        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", """{"role":"Viewer"}""").OkAsync();

        foreach (var path in (string[])["/v3/users", "/v3/tokens", "/v3/activity", "/v3/audit", "/v3/oauth-clients", "/v3/named-sources"])
            Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Get, path, cookie).StatusAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/maps", cookie, "{}").StatusAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Get, "/v3/connections/carto_dw", cookie).StatusAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/maps/public/{secret}", cookie).StatusAsync());
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{secret}", kept).RefusedAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Changes_at_once_lose_none_and_nobody_keeps_a_role_by_changing_his_password_meanwhile()
    {
        var email = UserSteps.NewEmail();
        var user = await running.CreateUserAsync(email, "Editor");
        for (var round = 0; round < 3; round++)
        {
            await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", """{"role":"Editor"}""").OkAsync();
            var (cookie, _) = await running.Service.SignInAsync(email);
            var name = $"name {round}";
            await Task.WhenAll(
                running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", """{"role":"Viewer"}""").OkAsync(),
                running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", $"{{\"name\":\"{name}\"}}").OkAsync(),
                running.Service.WithCookieAsync(HttpMethod.Post, "/v3/accounts/password", cookie, $"{{\"current\":\"{UserSteps.Password}\",\"new\":\"{UserSteps.Password}\"}}").StatusAsync());

            var told = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/users/{user}").OkAsync();
            Assert.Equal(("Viewer", name), (told.Text("role"), told.Text("name")));
        }
    }

    [Fact]
    public async Task Guesses_that_begin_at_once_are_no_way_around_the_limit()
    {
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));

        var guesses = await Task.WhenAll(Enumerable.Range(0, 40).Select(guess => running.Service.WithCookieAsync(
            HttpMethod.Post, "/v3/accounts/sign-in", null, $"{{\"email\":\"{UserSteps.NewEmail()}\",\"password\":\"guess number {guess}\"}}").StatusAsync()));

        Assert.Equal((10, 30), (guesses.Count(status => status == HttpStatusCode.Unauthorized), guesses.Count(status => status == HttpStatusCode.TooManyRequests)));
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Last_superadmin_may_go_and_the_owners_token_makes_another()
    {
        var email = UserSteps.NewEmail();
        var user = await running.CreateUserAsync(email, "Superadmin");
        var (cookie, _) = await running.Service.SignInAsync(email);

        foreach (var (method, body) in ((HttpMethod, string?)[])[(HttpMethod.Delete, null), (HttpMethod.Patch, """{"role":"Viewer"}"""), (HttpMethod.Patch, """{"isActive":false}""")])
            Assert.Equal(HttpStatusCode.BadRequest, await running.Service.WithCookieAsync(method, $"/v3/users/{user}", cookie, body).StatusAsync());
        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/users/{user}").OkAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await running.Service.WithCookieAsync(HttpMethod.Get, "/v3/accounts/users/me", cookie).StatusAsync());
        await running.CreateUserAsync(UserSteps.NewEmail(), "Superadmin");
    }
}
