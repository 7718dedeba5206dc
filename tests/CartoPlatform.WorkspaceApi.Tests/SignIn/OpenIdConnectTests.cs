using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.SignIn;

public sealed class OpenIdConnectTests(PostGisFixture database) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private TestPlatform? _platform;
    private TestProvider? _provider;
    private WorkspaceService? _service;

    private WorkspaceService Service => _service ?? throw new InvalidOperationException("The test has not been initialised.");

    private TestPlatform Platform => _platform ?? throw new InvalidOperationException("The test has not been initialised.");

    private TestProvider Provider => _provider ?? throw new InvalidOperationException("The test has not been initialised.");

    public async Task InitializeAsync()
    {
        _platform = await TestPlatform.CreateAsync(database);
        _provider = await TestProvider.StartAsync(_platform.Time);
        _platform.Settings["Accounts:OpenIdConnect:Authority"] = _provider.Url;
        _platform.Settings["Accounts:OpenIdConnect:ClientId"] = TestProvider.ClientId;
        _platform.Settings["Accounts:OpenIdConnect:ClientSecret"] = TestProvider.ClientSecret;
        _platform.Settings["Accounts:OpenIdConnect:GroupRoles:editors"] = "Editor";
        _platform.Settings["Accounts:OpenIdConnect:GroupRoles:bosses"] = "Admin";
        _service = await _platform.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_provider is not null) await _provider.DisposeAsync();
        if (_platform is not null) await _platform.DisposeAsync();
    }

    [Fact]
    public async Task Somebody_new_becomes_a_user_with_the_role_of_his_groups_and_stays_the_same_one()
    {
        var first = await SignInAsync(_ => { });
        var second = await SignInAsync(claims =>
        {
            claims["groups"] = (string[])["bosses"];
            claims["email"] = "another@example.org";
        });

        Assert.Equal(("ada@example.org", "Editor"), (first.Text("email"), first.Text("role")));
        Assert.Equal((first.Text("id"), "ada@example.org", "Admin"), (second.Text("id"), second.Text("email"), second.Text("role")));
    }

    [Fact]
    public async Task Local_user_whose_address_the_provider_has_checked_is_the_same_person()
    {
        var token = Platform.ReadOwnerToken();
        using var client = Service.CreatePublicClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var made = await client.PostAsJsonAsync("/v3/users", new { email = "ada@example.org", role = "Viewer" });
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).Text("id");

        Assert.Equal(id, (await SignInAsync(_ => { })).Text("id"));
    }

    [Theory]
    [InlineData("169.254.169.254", HttpStatusCode.ServiceUnavailable)]
    [InlineData("127.0.0.1", HttpStatusCode.Redirect)]
    public async Task Provider_that_sends_us_to_addresses_of_the_cloud_is_not_followed(string keys, HttpStatusCode expected)
    {
        var names = new Names { ["keys.example"] = [keys] };
        (Provider.KeysHost, Platform.Resolver) = ("keys.example", names.ResolveAsync);
        await Service.DisposeAsync();
        _service = await Platform.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Service.PublicUrl };

        using var answer = await client.GetAsync(new Uri("/sign-in/oidc", UriKind.Relative));

        Assert.Equal(expected, answer.StatusCode);
    }

    public static TheoryData<string, string?> Forgeries => new()
    {
        { "nonce", "another" }, { "nonce", null }, { "aud", "another client" }, { "iss", "https://evil.example" }, { "sub", null },
        { "azp", "another client" }, { "signature", "none" }, { "signature", "HS256" }, { "signature", "foreign" }, { "exp", "past" }, { "exp", null },
    };

    [Theory, MemberData(nameof(Forgeries))]
    public async Task Token_that_is_not_as_it_must_be_signs_nobody_in(string what, string? value)
    {
        using var answer = await CompleteAsync(claims =>
        {
            if (what == "signature") Provider.Signature = value ?? "";
            else claims[what] = value == "past" ? (long)claims["iat"]! - 3_600 : value;
        });

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(Cookies(answer), cookie => cookie.StartsWith("carto_session=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("email_verified")]
    [InlineData("email")]
    [InlineData("groups")]
    public async Task Somebody_whose_address_or_role_is_not_known_is_kept_out(string missing)
    {
        using var answer = await CompleteAsync(claims => claims[missing] = null);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("another state", true)]
    [InlineData(null, false)]
    public async Task Way_back_that_this_browser_did_not_begin_is_refused(string? state, bool hasCookie)
    {
        var (location, cookie) = await BeginAsync();
        var back = Provider.Authorize(location);
        if (state is not null) back = back[..(back.IndexOf("state=", StringComparison.Ordinal) + 6)] + Uri.EscapeDataString(state);

        using var answer = await Service.WithCookieAsync(HttpMethod.Get, back, hasCookie ? cookie : null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Provider_that_is_away_is_503()
    {
        await Provider.DisposeAsync();

        using var answer = await Service.WithCookieAsync(HttpMethod.Get, "/sign-in/oidc", null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    private async Task<JsonElement> SignInAsync(Action<Dictionary<string, object?>> change)
    {
        using var answer = await CompleteAsync(change);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        Assert.Equal("/somewhere", answer.Headers.Location?.OriginalString);
        var session = Cookies(answer).Single(cookie => cookie.StartsWith("carto_session=", StringComparison.Ordinal)).Split(';')[0];
        using var me = await Service.WithCookieAsync(HttpMethod.Get, "/v3/accounts/users/me", session);
        return await me.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> CompleteAsync(Action<Dictionary<string, object?>> change)
    {
        var (location, cookie) = await BeginAsync();
        var back = Provider.Authorize(location);
        change(Provider.Claims);
        return await Service.WithCookieAsync(HttpMethod.Get, back, cookie);
    }

    private async Task<(Uri Location, string Cookie)> BeginAsync()
    {
        using var answer = await Service.WithCookieAsync(HttpMethod.Get, "/sign-in/oidc?returnTo=/somewhere", null);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return (answer.Headers.Location ?? throw new InvalidOperationException("There is no Location"), Assert.Single(Cookies(answer)).Split(';')[0]);
    }

    private static IEnumerable<string> Cookies(HttpResponseMessage answer) => answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [];
}
