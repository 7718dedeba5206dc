using System.Net;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;

namespace CartoPlatform.WorkspaceApi.Tests.Users;

public sealed class UserTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Fact]
    public async Task User_is_made_changed_listed_and_deleted_and_no_secret_is_told()
    {
        var email = UserSteps.NewEmail();
        var id = await running.CreateUserAsync(email.ToUpperInvariant(), "Viewer");

        using var changed = await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{id}", """{"name":"Ada","role":"Editor"}""");
        var text = await changed.Content.ReadAsStringAsync();
        var listed = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/users?search={email}").OkAsync();

        Assert.Contains($"\"email\":\"{email}\"", text, StringComparison.Ordinal);
        Assert.Contains("\"roles\":[\"Editor\"]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("assword", text, StringComparison.Ordinal);
        Assert.Equal("Ada", Assert.Single(listed.EnumerateArray()).Text("name"));
        Assert.DoesNotContain(UserSteps.Password, await running.Platform.AskAsync<string>("SELECT string_agg(u::text, '') FROM platform.users u"), StringComparison.Ordinal);
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{id}", """{"email":"other@example.org"}""").RefusedAsync(HttpStatusCode.BadRequest);
        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/users/{id}").OkAsync();
        await running.AsOwnerAsync(HttpMethod.Get, $"/v3/users/{id}").RefusedAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"email":"x"}""")]
    [InlineData("""{"email":"a b@example.org"}""")]
    [InlineData("""{"email":"a@b@c"}""")]
    [InlineData("""{"email":"short@example.org","password":"elevenchars"}""")]
    [InlineData("""{"email":"role@example.org","role":"Owner"}""")]
    [InlineData("""{"email":"role@example.org","role":"3"}""")]
    [InlineData("""{"email":["a@example.org"]}""")]
    [InlineData("""{"email":"role@example.org","rol":"Editor"}""")]
    [InlineData("""[]""")]
    public async Task User_that_cannot_be_is_400(string body) =>
        await running.AsOwnerAsync(HttpMethod.Post, "/v3/users", body).RefusedAsync(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Of_two_users_with_one_address_there_is_one()
    {
        var body = $$"""{"email":"{{UserSteps.NewEmail()}}"}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => running.AsOwnerAsync(HttpMethod.Post, "/v3/users", body).StatusAsync()));

        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(3, answers.Count(status => status == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("superadmin", "\u017fuperadmin")]
    [InlineData("superadmin", "SUPERADMIN")]
    [InlineData("superadmin", "\uff53uperadmin")]
    [InlineData("kurt", "\u212aurt")]
    [InlineData("strasse", "stra\u00dfe")]
    [InlineData("jos\u00e9", "jose\u0301")]
    [InlineData("\u03c3\u03c9\u03c3", "\u03c3\u03c9\u03c2")]
    public async Task Address_that_people_take_for_anothers_is_taken(string first, string second)
    {
        var host = $"{Guid.NewGuid():N}.example.org";
        await running.AsOwnerAsync(HttpMethod.Post, "/v3/users", $$"""{"email":"{{first}}@{{host}}"}""").OkAsync();

        await running.AsOwnerAsync(HttpMethod.Post, "/v3/users", $$"""{"email":"{{second}}@{{host}}"}""").RefusedAsync(HttpStatusCode.Conflict);
        await running.AsOwnerAsync(HttpMethod.Post, "/v3/users", $$"""{"email":"other@{{host}}"}""").OkAsync();
    }

    [Theory]
    [InlineData("zero\u200bwidth@example.org")]
    [InlineData("soft\u00adhyphen@example.org")]
    public async Task Address_with_letters_that_nobody_sees_is_none(string email) =>
        await running.AsOwnerAsync(HttpMethod.Post, "/v3/users", $$"""{"email":"{{email}}"}""").RefusedAsync(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Admin_administers_editors_and_no_admins()
    {
        var email = UserSteps.NewEmail();
        var self = await running.CreateUserAsync(email, "Admin");
        var other = await running.CreateUserAsync(UserSteps.NewEmail(), "Superadmin");
        var editor = await running.CreateUserAsync(UserSteps.NewEmail(), "Editor");
        var (cookie, _) = await running.Service.SignInAsync(email);

        Task<HttpStatusCode> TryAsync(HttpMethod method, string path, string? json) => running.Service.WithCookieAsync(method, path, cookie, json).StatusAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Post, "/v3/users", $$"""{"email":"{{UserSteps.NewEmail()}}","role":"Admin"}"""));
        using (var refused = await running.Service.WithCookieAsync(HttpMethod.Patch, $"/v3/users/{editor}", cookie, """{"role":"Superadmin"}"""))
            Assert.Equal((HttpStatusCode.Forbidden, true), (refused.StatusCode, (await refused.Content.ReadAsStringAsync()).Contains("takes a Superadmin", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Patch, $"/v3/users/{other}", """{"role":"Viewer"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Patch, $"/v3/users/{other}", """{"password":"taken over by me"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Delete, $"/v3/users/{other}", null));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Patch, $"/v3/users/{self}", """{"role":"Superadmin"}"""));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(HttpMethod.Patch, $"/v3/users/{editor}", """{"role":"Viewer"}"""));
    }

    [Fact]
    public async Task Group_sees_what_is_shared_with_it_until_one_leaves()
    {
        var (email, stranger) = (UserSteps.NewEmail(), UserSteps.NewEmail());
        var user = await running.CreateUserAsync(email, "Viewer");
        await running.CreateUserAsync(stranger, "Editor");
        var group = (await running.AsOwnerAsync(HttpMethod.Post, "/v3/groups", $$"""{"name":"{{Guid.NewGuid()}}"}""").OkAsync()).Text("id");
        await running.AsOwnerAsync(HttpMethod.Put, $"/v3/groups/{group}/members/{user}").OkAsync();
        var map = await running.CreateMapAsync($$"""
            "privacy":"groups","groups":["{{group}}"]
            """);
        var (member, _) = await running.Service.SignInAsync(email);
        var (other, _) = await running.Service.SignInAsync(stranger);

        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/maps/public/{map}", member).StatusAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/maps/public/{map}", other).StatusAsync());
        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/groups/{group}/members/{user}").OkAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/maps/public/{map}", member).StatusAsync());
    }

    [Fact]
    public async Task Viewer_looks_and_editor_makes_and_each_keeps_to_his_own()
    {
        var (viewerEmail, editorEmail) = (UserSteps.NewEmail(), UserSteps.NewEmail());
        await running.CreateUserAsync(viewerEmail, "Viewer");
        await running.CreateUserAsync(editorEmail, "Editor");
        var (viewer, _) = await running.Service.SignInAsync(viewerEmail);
        var (editor, _) = await running.Service.SignInAsync(editorEmail);
        var (shared, closed) = (await running.CreateMapAsync("\"privacy\":\"organization\""), await running.CreateMapAsync());

        Task<HttpStatusCode> TryAsync(string cookie, HttpMethod method, string path, string? json = null) => running.Service.WithCookieAsync(method, path, cookie, json).StatusAsync();
        Assert.Equal(HttpStatusCode.OK, await TryAsync(viewer, HttpMethod.Get, $"/v3/maps/public/{shared}"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(viewer, HttpMethod.Get, $"/v3/maps/public/{closed}"));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(viewer, HttpMethod.Get, $"/v3/maps/{closed}"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(viewer, HttpMethod.Post, "/v3/maps", "{}"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(editor, HttpMethod.Post, "/v3/maps", "{}"));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(editor, HttpMethod.Patch, $"/v3/maps/{shared}", """{"title":"mine"}"""));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(editor, HttpMethod.Delete, $"/v3/maps/{shared}"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(editor, HttpMethod.Get, "/v3/users"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(editor, HttpMethod.Get, "/v3/audit"));
    }
}
