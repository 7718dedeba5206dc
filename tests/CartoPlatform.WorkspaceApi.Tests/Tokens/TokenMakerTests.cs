using System.Net;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.OAuth;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.Tokens;

/// <summary>A token is as good as the one who made it.</summary>
public sealed class TokenMakerTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Body = """{"grants":[{"connection_name":"carto_dw"}]}""";

    [Theory]
    [InlineData("""{"isActive":false}""", """{"isActive":true}""")]
    [InlineData("""{"role":"Viewer"}""", """{"role":"Editor"}""")]
    public async Task Tokens_of_who_may_make_none_any_more_are_refused_until_he_may_again(string away, string back)
    {
        var (user, _, _, text) = await MakeAsync();
        Assert.Equal(HttpStatusCode.OK, await UseAsync(text));

        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", away).OkAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(text));
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/users/{user}", back).OkAsync();
        Assert.Equal(HttpStatusCode.OK, await UseAsync(text));
    }

    [Fact]
    public async Task Tokens_of_who_is_deleted_end_with_him_and_those_of_others_do_not()
    {
        var (user, email, id, text) = await MakeAsync();
        var (_, _, _, other) = await MakeAsync();
        Assert.Equal(HttpStatusCode.OK, await UseAsync(text));

        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/users/{user}").OkAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await UseAsync(text), await UseAsync(other)));
        await running.AsOwnerAsync(HttpMethod.Get, $"/v3/tokens/{id}").RefusedAsync(HttpStatusCode.NotFound);
        var lines = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/audit?search={id}").OkAsync();
        Assert.Equal(["token.revoke", "token.create"], lines.EnumerateArray().Select(line => line.Text("action")));
        Assert.Equal(email, lines[0].GetProperty("details").Text("madeBy"));
    }

    [Fact]
    public async Task Tokens_of_who_was_deleted_before_deletion_ended_them_are_refused()
    {
        var (user, _, _, text) = await MakeAsync();
        await running.Platform.AskAsync<object>($"DELETE FROM platform.users WHERE id = '{user}' RETURNING id");

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(text));
    }

    [Fact]
    public async Task Tokens_that_a_client_made_end_with_it()
    {
        var client = await running.CreateClientAsync("""{"name":"maker","role":"Editor"}""");
        var access = await running.Service.IssueAsync((client.Text("client_id")!, client.Text("client_secret")!));
        var made = await running.Service.CallAsync(HttpMethod.Post, "/v3/tokens", access, Body).OkAsync();
        Assert.Null(made.Text("created_by"));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(made.Text("token")!));

        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/oauth-clients/{client.Text("client_id")}").OkAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(made.Text("token")!));
    }

    [Fact]
    public async Task Tokens_tell_who_made_them()
    {
        var (_, email, id, text) = await MakeAsync();
        var own = await running.AsOwnerAsync(HttpMethod.Post, "/v3/tokens", Body).OkAsync();

        var list = await running.AsOwnerAsync(HttpMethod.Get, "/v3/tokens").OkAsync();
        var told = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/tokens/{id}").OkAsync();

        Assert.Equal(HttpStatusCode.OK, await UseAsync(text));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(own.Text("token")!));
        Assert.Equal((email, null), (told.Text("created_by"), own.Text("created_by")));
        Assert.Equal(email, list.EnumerateArray().Single(token => token.Text("id") == id).Text("created_by"));
        Assert.Null(list.EnumerateArray().Single(token => token.Text("id") == own.Text("id")).Text("created_by"));
    }

    private async Task<(string User, string Email, string Id, string Text)> MakeAsync()
    {
        var email = UserSteps.NewEmail();
        var user = await running.CreateUserAsync(email, "Editor");
        var (cookie, _) = await running.Service.SignInAsync(email);
        var made = await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/tokens", cookie, Body).OkAsync();
        Assert.Equal(email, made.Text("created_by"));
        return (user, email, made.Text("id")!, made.Text("token")!);
    }

    private async Task<HttpStatusCode> UseAsync(string text) => (await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text)).Status;
}
