using System.Net;
using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;
using CartoPlatform.WorkspaceApi.Tokens;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

/// <summary>Nobody comes by more than he has through a token, a client, a user or a source that he makes or changes.</summary>
public sealed class NarrowAdministratorTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Cities = ""","grants":[{"connection_name":"carto_dw","source":"demo.cities"}]""";

    private const string OfAccounts = ""","role":"Admin","scopes":["read:accounts","write:accounts"]""";

    [Fact]
    public async Task Token_has_no_api_that_its_maker_has_not()
    {
        var maker = await IssueAsync(""","role":"Admin","scopes":["write:tokens"],"allowed_apis":["maps"]""");
        var ofOwner = (await AskAsync(HttpMethod.Post, "/v3/tokens", Owner, """{"grants":[{"connection_name":"carto_dw","source":"demo.cities"}],"allowed_apis":["sql"]}""")).Body.Text("id");

        await RefusedAsync("allowed_apis", HttpMethod.Post, "/v3/tokens", maker, """{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":["sql"]}""");
        await RefusedAsync("allowed_apis", HttpMethod.Post, "/v3/tokens", maker, """{"grants":[{"connection_name":"carto_dw"}]}""");
        var (status, made) = await AskAsync(HttpMethod.Post, "/v3/tokens", maker, """{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":["maps"]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        await RefusedAsync("allowed_apis", HttpMethod.Patch, $"/v3/tokens/{made.Text("id")}", maker, """{"allowed_apis":["maps","sql"]}""");
        await RefusedAsync("allowed_apis", HttpMethod.Patch, $"/v3/tokens/{ofOwner}", maker, """{"grants":[{"connection_name":"*"}]}""");
        await RefusedAsync("allowed_apis", HttpMethod.Patch, $"/v3/tokens/{ofOwner}", maker, """{"referers":["https://mine.example"]}""");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"/v3/tokens/{ofOwner}", maker, """{"name":"renamed"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"/v3/tokens/{made.Text("id")}", maker, """{"grants":[{"connection_name":"*"}]}""")).Status);
    }

    [Fact]
    public async Task Other_apis_do_not_widen_the_grants_that_a_token_keeps()
    {
        var maker = await IssueAsync(""","role":"Admin","scopes":["write:tokens"]""" + Cities);
        var ofOwner = (await AskAsync(HttpMethod.Post, "/v3/tokens", Owner, """{"grants":[{"connection_name":"*"}],"allowed_apis":["lds"]}""")).Body.Text("id");

        await RefusedAsync("*:*", HttpMethod.Patch, $"/v3/tokens/{ofOwner}", maker, """{"allowed_apis":["sql"]}""");
    }

    [Theory]
    [InlineData("", "*:*")]
    [InlineData(""","grants":null""", "*:*")]
    [InlineData(""","kind":"spa","redirect_uris":["https://app.example/"],"scopes":[]""", "*:*")]
    [InlineData(""","scopes":["read:maps"]""" + Cities, "read:maps")]
    [InlineData(""","kind":"spa","redirect_uris":["https://app.example/"]""" + Cities, "read:maps")]
    [InlineData(""","role":"Editor" """ + Cities, "read:tokens")]
    [InlineData(""","allowed_apis":["lds"]""" + Cities, "lds")]
    public async Task Client_has_nothing_that_its_maker_has_not(string members, string beyond)
    {
        var maker = await IssueAsync(OfAccounts + Cities);

        await RefusedAsync(beyond, HttpMethod.Post, "/v3/oauth-clients", maker, $"{{\"name\":\"x\"{members}}}");
    }

    [Fact]
    public async Task Client_that_has_more_is_not_changed_or_taken_over()
    {
        var maker = await IssueAsync(OfAccounts + Cities);
        var wide = (await running.CreateClientAsync("""{"name":"wide","role":"Editor","scopes":[]}""")).Text("client_id");
        var (status, own) = await AskAsync(HttpMethod.Post, "/v3/oauth-clients", maker, $"{{\"name\":\"own\"{Cities}}}");
        Assert.True(status == HttpStatusCode.OK, own.ToString());

        await RefusedAsync("*:*", HttpMethod.Post, $"/v3/oauth-clients/{wide}/secret", maker, "{}");
        await RefusedAsync("*:*", HttpMethod.Patch, $"/v3/oauth-clients/{wide}", maker, $"{{\"name\":\"mine\"{Cities}}}");
        await RefusedAsync("*:*", HttpMethod.Patch, $"/v3/oauth-clients/{own.Text("client_id")}", maker, """{"grants":null}""");
        await RefusedAsync("read:maps", HttpMethod.Patch, $"/v3/oauth-clients/{own.Text("client_id")}", maker, """{"scopes":["read:maps"]}""");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"/v3/oauth-clients/{own.Text("client_id")}", maker, """{"name":"renamed"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Post, $"/v3/oauth-clients/{own.Text("client_id")}/secret", maker, "{}")).Status);
    }

    [Theory]
    [InlineData(Cities)]
    [InlineData(""","allowed_apis":["maps"]""")]
    public async Task Users_groups_sources_and_connections_are_changed_by_those_who_read_all_of_their_role(string narrowing)
    {
        var narrow = await IssueAsync(""","role":"Admin" """ + narrowing);
        var whole = await IssueAsync(""","role":"Admin" """);
        var user = await running.CreateUserAsync(UserSteps.NewEmail(), "Viewer");
        string NewUser() => $"{{\"email\":\"{UserSteps.NewEmail()}\",\"role\":\"Viewer\"}}";

        const string Refusal = "narrower than his role's";
        await RefusedAsync(Refusal, HttpMethod.Post, "/v3/users", narrow, NewUser());
        await RefusedAsync(Refusal, HttpMethod.Patch, $"/v3/users/{user}", narrow, """{"role":"Editor"}""");
        await RefusedAsync(Refusal, HttpMethod.Delete, $"/v3/users/{user}", narrow, null);
        await RefusedAsync(Refusal, HttpMethod.Post, "/v3/groups", narrow, """{"name":"narrow"}""");
        await RefusedAsync(Refusal, HttpMethod.Post, "/v3/named-sources", narrow, """{"name":"narrow","source":"SELECT 1"}""");
        await RefusedAsync(Refusal, HttpMethod.Patch, "/v3/connections/other", narrow, "{}");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, "/v3/users", narrow, null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Post, "/v3/users", whole, NewUser())).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"/v3/users/{user}", whole, """{"role":"Editor"}""")).Status);
    }

    [Fact]
    public async Task User_is_made_changed_and_deleted_by_those_who_hold_all_that_his_role_reaches()
    {
        var narrow = await IssueAsync(OfAccounts);
        var email = UserSteps.NewEmail();
        var editor = await running.CreateUserAsync(email, "Editor");

        await RefusedAsync("read:tokens", HttpMethod.Post, "/v3/users", narrow, $"{{\"email\":\"{UserSteps.NewEmail()}\",\"role\":\"Editor\",\"password\":\"{UserSteps.Password}\"}}");
        await RefusedAsync("read:maps", HttpMethod.Post, "/v3/users", narrow, $"{{\"email\":\"{UserSteps.NewEmail()}\"}}");
        await RefusedAsync("read:tokens", HttpMethod.Patch, $"/v3/users/{editor}", narrow, $"{{\"password\":\"{UserSteps.Password}\"}}");
        await RefusedAsync("read:tokens", HttpMethod.Patch, $"/v3/users/{editor}", narrow, """{"role":"Viewer"}""");
        await RefusedAsync("read:tokens", HttpMethod.Delete, $"/v3/users/{editor}", narrow, null);
        var group = (await AskAsync(HttpMethod.Post, "/v3/groups", Owner, $"{{\"name\":\"{Guid.NewGuid()}\"}}")).Body.Text("id");
        await RefusedAsync("read:maps", HttpMethod.Put, $"/v3/groups/{group}/members/{editor}", narrow, null);

        var wider = await IssueAsync(""","role":"Admin","scopes":["read:accounts","write:accounts","read:maps"]""");
        var (made, viewer) = await AskAsync(HttpMethod.Post, "/v3/users", wider, $"{{\"email\":\"{UserSteps.NewEmail()}\"}}");
        Assert.Equal(HttpStatusCode.OK, made);
        await RefusedAsync("read:tokens", HttpMethod.Patch, $"/v3/users/{viewer.Text("id")}", wider, """{"role":"Editor"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Delete, $"/v3/users/{viewer.Text("id")}", wider, null)).Status);
    }

    [Fact]
    public async Task What_has_more_is_not_deleted_either_but_ones_own_is()
    {
        var machine = await running.CreateMachineAsync(""","role":"Admin","scopes":["read:accounts","write:accounts","write:tokens"]""");
        var narrow = await running.Service.IssueAsync(machine);
        var wide = (await running.CreateClientAsync("""{"name":"wide","role":"Editor"}""")).Text("client_id");
        var own = (await AskAsync(HttpMethod.Post, "/v3/oauth-clients", narrow, """{"name":"own","scopes":[]}""")).Body.Text("client_id");
        var ofOwner = (await AskAsync(HttpMethod.Post, "/v3/tokens", Owner, """{"grants":[{"connection_name":"*"}]}""")).Body.Text("id");
        var ownToken = (await AskAsync(HttpMethod.Post, "/v3/tokens", narrow, """{"grants":[{"connection_name":"*"}]}""")).Body.Text("id");

        await RefusedAsync("read:tokens", HttpMethod.Delete, $"/v3/oauth-clients/{wide}", narrow, null);
        await AskAsync(HttpMethod.Patch, $"/v3/oauth-clients/{machine.Id}", Owner, """{"grants":[{"connection_name":"carto_dw","source":"demo.cities"}]}""");
        await RefusedAsync("*:*", HttpMethod.Delete, $"/v3/tokens/{ofOwner}", narrow, null);
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Delete, $"/v3/tokens/{ownToken}", narrow, null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Delete, $"/v3/oauth-clients/{own}", narrow, null)).Status);
    }

    [Fact]
    public void Login_stays_with_what_its_holder_makes()
    {
        var holder = new Principal(new TokenRecord
        {
            Id = Guid.NewGuid(),
            AccountId = Guid.NewGuid(),
            Role = AccountRole.Editor,
            Grants = GrantRules.All,
            AllowedApis = ["sql", "maps"],
            Login = "north",
        });

        Assert.Null(GrantRules.Exceeds(holder, GrantRules.All, ["sql"], "north", ConnectionMakers.Unknown));
        Assert.NotNull(GrantRules.Exceeds(holder, GrantRules.All, ["sql"], null, ConnectionMakers.Unknown));
        Assert.NotNull(GrantRules.Exceeds(holder, GrantRules.All, ["sql"], "south", ConnectionMakers.Unknown));
    }

    private string Owner => running.Platform.ReadOwnerToken();

    private async Task<string> IssueAsync(string members) => await running.Service.IssueAsync(await running.CreateMachineAsync(members));

    private async Task RefusedAsync(string why, HttpMethod method, string path, string token, string? json)
    {
        var (status, body) = await AskAsync(method, path, token, json);
        Assert.True(status == HttpStatusCode.Forbidden, $"{(int)status} {body}");
        Assert.Contains(why, body.Text("error")!, StringComparison.Ordinal);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string token, string? json) =>
        running.Service.SendAsync(method, path, token, json);
}
