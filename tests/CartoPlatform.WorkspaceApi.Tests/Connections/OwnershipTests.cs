using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.OAuth;
using CartoPlatform.WorkspaceApi.Tests.Users;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

/// <summary>What an Editor's connections do to what others made, and whose logins he gives.</summary>
public sealed class OwnershipTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private static int _count;

    private string Owner => running.Platform.ReadOwnerToken();

    private NpgsqlConnectionStringBuilder Reader => new(running.Database.ReaderConnectionString);

    [Theory]
    [InlineData("tokens")]
    [InlineData("oauth_clients")]
    [InlineData("maps")]
    [InlineData("jobs")]
    public async Task Editor_moves_nothing_of_others_to_another_connection(string what)
    {
        var editor = await IssueAsync("Editor");
        var name = await ConnectAsync(editor);
        var target = (await OkAsync(HttpMethod.Get, "/v3/connections/carto_dw", Owner)).Text("id");
        var reference = await ReferToAsync(what, name);
        var before = await reference();

        var (status, error) = await AskAsync(HttpMethod.Delete, $"/v3/connections/{name}?targetConnectionId={target}", editor);

        Assert.True(status == HttpStatusCode.Forbidden, $"{(int)status} {error}");
        Assert.Equal(1, error.GetProperty(what).GetInt32());
        Assert.Equal(before, await reference());
        Assert.Contains(name, before, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Get, $"/v3/connections/{name}", editor)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(HttpMethod.Delete, $"/v3/connections/{name}?targetConnectionId={target}", await IssueAsync("Admin"))).Status);
        Assert.Equal(before.Replace(name, "carto_dw", StringComparison.Ordinal), await reference());
    }

    [Fact]
    public async Task Editor_moves_what_is_his_own_and_reads_no_more_than_he_does()
    {
        var editor = await IssueAsync("Editor");
        var name = await ConnectAsync(editor, "north");
        var target = (await OkAsync(HttpMethod.Get, "/v3/connections/carto_dw", Owner)).Text("id");
        var plain = (await OkAsync(HttpMethod.Post, "/v3/tokens", editor, Grants(name))).Text("id");
        var named = (await OkAsync(HttpMethod.Post, "/v3/tokens", editor, Grants(name, "north"))).Text("id");

        var (refused, error) = await AskAsync(HttpMethod.Delete, $"/v3/connections/{name}?targetConnectionId={target}", editor);
        await OkAsync(HttpMethod.Delete, $"/v3/tokens/{named}", editor);
        var (moved, _) = await AskAsync(HttpMethod.Delete, $"/v3/connections/{name}?targetConnectionId={target}", editor);

        Assert.Equal((HttpStatusCode.Forbidden, 1), (refused, error.GetProperty("tokens").GetInt32()));
        Assert.Equal(HttpStatusCode.NoContent, moved);
        Assert.Contains("carto_dw", (await OkAsync(HttpMethod.Get, $"/v3/tokens/{plain}", editor)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_whose_scopes_stop_at_connections_moves_no_token()
    {
        var name = await ConnectAsync(Owner);
        var target = (await OkAsync(HttpMethod.Get, "/v3/connections/carto_dw", Owner)).Text("id");
        await OkAsync(HttpMethod.Post, "/v3/tokens", Owner, Grants(name));

        var (status, error) = await AskAsync(
            HttpMethod.Delete, $"/v3/connections/{name}?targetConnectionId={target}", await IssueAsync("Admin", ""","scopes":["write:connections"]"""));

        Assert.Equal((HttpStatusCode.Forbidden, 1), (status, error.GetProperty("tokens").GetInt32()));
    }

    [Theory]
    [InlineData("""[{"connection_name":"carto_dw","source":"demo.airports"}]""")]
    [InlineData("""[{"connection_name":"carto_dw"}]""")]
    [InlineData("""[{"connection_name":"*"}]""")]
    [InlineData("""[{"connection_name":"OWN"},{"connection_name":"carto_dw"}]""")]
    public async Task Editor_gives_no_login_of_others_and_learns_of_none(string grants)
    {
        var editor = await IssueAsync("Editor");
        var own = await ConnectAsync(editor, "north");
        await SetLoginAsync("north");
        grants = grants.Replace("OWN", own, StringComparison.Ordinal);

        var known = await AskAsync(HttpMethod.Post, "/v3/tokens", editor, $$"""{"grants":{{grants}},"login":"north"}""");
        var unknown = await AskAsync(HttpMethod.Post, "/v3/tokens", editor, $$"""{"grants":{{grants}},"login":"south"}""");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (known.Status, unknown.Status));
        Assert.Equal(known.Body.Text("error")!.Replace("north", "south", StringComparison.Ordinal), unknown.Body.Text("error"));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Post, "/v3/tokens", await IssueAsync("Admin"), $$"""{"grants":{{grants}},"login":"north"}""")).Status);
    }

    [Fact]
    public async Task Login_of_ones_own_connection_does_not_go_to_another_one()
    {
        var editor = await IssueAsync("Editor");
        var own = await ConnectAsync(editor, "north");
        await SetLoginAsync("north");
        var token = (await OkAsync(HttpMethod.Post, "/v3/tokens", editor, Grants(own, "north"))).Text("id");

        foreach (var change in (string[])["""{"grants":[{"connection_name":"carto_dw"}]}""", """{"grants":[{"connection_name":"*"}]}"""])
            Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(HttpMethod.Patch, $"/v3/tokens/{token}", editor, change)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Post, "/v3/tokens", editor, Grants(own, "south"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"/v3/tokens/{token}", editor, $$"""{"grants":[{"connection_name":"{{own}}","source":"demo.a"}]}""")).Status);
    }

    [Fact]
    public async Task Admin_with_a_part_of_what_his_role_reads_gives_no_login()
    {
        await SetLoginAsync("north");
        var narrow = await IssueAsync("Admin", ""","grants":[{"connection_name":"carto_dw","source":"demo.airports"}]""");
        const string Wanted = """{"grants":[{"connection_name":"carto_dw","source":"demo.airports"}],"login":"north"}""";

        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(HttpMethod.Post, "/v3/tokens", narrow, Wanted)).Status);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await AskAsync(HttpMethod.Post, "/v3/oauth-clients", narrow, """{"name":"x","scopes":[],"login":"north","grants":[{"connection_name":"carto_dw","source":"demo.airports"}]}""")).Status);
    }

    [Fact]
    public async Task Connection_of_somebody_else_keeps_its_logins_and_its_place()
    {
        var name = await ConnectAsync(Owner, "north");
        var before = (await OkAsync(HttpMethod.Get, $"/v3/connections/{name}", Owner)).ToString();
        var editor = await IssueAsync("Editor");
        var login = $$"""{"name":"north","username":"{{Reader.Username}}","password":"{{Reader.Password}}"}""";

        foreach (var config in (string[])[$$"""{"logins":[{{login}}]}""", """{"logins":null}""", """{"host":"db.example"}""", """{"replicas":[{"host":"db.example"}]}"""])
            Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(HttpMethod.Patch, $"/v3/connections/{name}", editor, $$"""{"config":{{config}}}""")).Status);
        Assert.Equal(before, (await OkAsync(HttpMethod.Get, $"/v3/connections/{name}", Owner)).ToString());
    }

    [Theory]
    [InlineData("POST", "/v3/connections/test")]
    [InlineData("POST", "/v3/connections")]
    [InlineData("PATCH", "/v3/connections/OWN")]
    public async Task Guesses_of_passwords_of_a_database_are_slowed_down(string method, string path)
    {
        var (editor, other) = (await IssueAsync("Editor"), await IssueAsync("Editor"));
        path = path.Replace("OWN", await ConnectAsync(editor), StringComparison.Ordinal);
        object Guess(string password) => new
        {
            name = $"own_{Interlocked.Increment(ref _count)}",
            provider = "postgres",
            config = new { host = Reader.Host, port = Reader.Port, database = Reader.Database, username = Reader.Username, password },
        };
        async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> TryAsync(string token, string password)
        {
            var body = JsonSerializer.SerializeToNode(Guess(password))!.AsObject();
            if (method == "PATCH") body.Remove("name");
            using var answer = await running.Service.CallAsync(new HttpMethod(method), path, token, body.ToJsonString());
            return (answer.StatusCode, answer.Headers.RetryAfter?.Delta);
        }

        var wrong = method == "POST" && path.EndsWith("/test", StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.BadRequest;
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await TryAsync(editor, Reader.Password!)).Status);
            Assert.Equal(wrong, (await TryAsync(editor, $"wrong-{i}")).Status);
        }

        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)), await TryAsync(editor, "wrong"));
        if (method == "POST")
        {
            // A change of nothing is not tried.
            Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(editor, Reader.Password!)).Status);
            Assert.Equal(HttpStatusCode.OK, (await TryAsync(other, Reader.Password!)).Status);
        }

        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(editor, Reader.Password!)).Status);
    }

    [Fact]
    public async Task Map_takes_no_sql_of_a_connection_that_is_kept_to_named_sources()
    {
        var name = await ConnectAsync(Owner);
        await OkAsync(HttpMethod.Patch, $"/v3/connections/{name}", Owner, """{"named_sources_only":true}""");
        await AskAsync(HttpMethod.Post, "/v3/named-sources", Owner, """{"name":"kept-to","source":"SELECT 1"}""");
        string Dataset(string type, string source) => $$"""{"id":"d","type":"{{type}}","source":"{{source}}","connectionName":"{{name}}"}""";

        foreach (var taken in (string[])[Dataset("table", "demo.a"), Dataset("query", "kept-to")])
            await OkAsync(HttpMethod.Post, "/v3/maps", Owner, $$"""{"title":"x","datasets":[{{taken}}]}""");
        var map = (await OkAsync(HttpMethod.Post, "/v3/maps", Owner, """{"title":"x"}""")).Text("id");
        var sql = Dataset("query", "SELECT * FROM demo.a");
        foreach (var (method, path, body) in ((HttpMethod, string, string)[])
                 [
                     (HttpMethod.Post, "/v3/maps", $$"""{"title":"x","datasets":[{{sql}}]}"""), (HttpMethod.Patch, $"/v3/maps/{map}", $$"""{"datasets":[{{sql}}]}"""),
                     (HttpMethod.Post, $"/v3/maps/{map}/datasets", sql),
                 ])
        {
            var (status, error) = await AskAsync(method, path, Owner, body);
            Assert.True(status == HttpStatusCode.Forbidden, $"{(int)status} {error}");
            Assert.Contains("named sources", error.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Something of the owner's that names the connection; the answer tells what it says by now.</summary>
    private async Task<Func<Task<string>>> ReferToAsync(string what, string name)
    {
        switch (what)
        {
            case "tokens":
                var token = (await OkAsync(HttpMethod.Post, "/v3/tokens", Owner, Grants(name))).Text("id");
                return async () => (await OkAsync(HttpMethod.Get, $"/v3/tokens/{token}", Owner)).GetProperty("grants").ToString();
            case "oauth_clients":
                var client = (await running.CreateClientAsync($$"""{"name":"x","grants":[{"connection_name":"{{name}}"}]}""")).Text("client_id");
                return async () => (await OkAsync(HttpMethod.Get, $"/v3/oauth-clients/{client}", Owner)).GetProperty("grants").ToString();
            case "maps":
                var dataset = $$"""{"id":"d1","type":"table","source":"demo.a","connectionName":"{{name}}"}""";
                var map = (await OkAsync(HttpMethod.Post, "/v3/maps", Owner, $$"""{"title":"x","datasets":[{{dataset}}]}""")).Text("id");
                return async () => await running.Platform.AskAsync<string>($"SELECT draft FROM platform.maps WHERE id = '{map}'");
            default:
                var job = await running.Platform.AskAsync<Guid>(
                    $"""
                    INSERT INTO platform.jobs (id, account_id, token_id, holder_id, connection_name, query, may_write)
                    SELECT gen_random_uuid(), account_id, id, id, '{name}', 'SELECT 1', false FROM platform.tokens WHERE kind = 'owner' LIMIT 1 RETURNING id
                    """);
                return async () => await running.Platform.AskAsync<string>($"SELECT connection_name FROM platform.jobs WHERE id = '{job}'");
        }
    }

    private async Task<string> ConnectAsync(string token, string? login = null)
    {
        var name = $"own_{Interlocked.Increment(ref _count)}";
        var (user, password) = (Reader.Username, Reader.Password);
        object[] logins = login is null ? [] : [new { name = login, username = user, password }];
        var config = new { host = Reader.Host, port = Reader.Port, database = Reader.Database, username = user, password, logins };
        await OkAsync(HttpMethod.Post, "/v3/connections", token, new { name, provider = "postgres", config });
        return name;
    }

    private Task<JsonElement> SetLoginAsync(string name) => OkAsync(
        HttpMethod.Patch, "/v3/connections/carto_dw", Owner, new { config = new { logins = new[] { new { name, username = Reader.Username, password = Reader.Password } } } });

    private static string Grants(string connection, string? login = null) =>
        $$"""{"grants":[{"connection_name":"{{connection}}"}]{{(login is null ? "" : $",\"login\":\"{login}\"")}}}""";

    private async Task<string> IssueAsync(string role, string members = "") => await running.Service.IssueAsync(await running.CreateMachineAsync($",\"role\":\"{role}\"{members}"));

    private async Task<JsonElement> OkAsync(HttpMethod method, string path, string token, object? body = null)
    {
        var (status, answer) = await AskAsync(method, path, token, body);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{(int)status} {answer}");
        return answer;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string token, object? body = null) =>
        running.Service.SendAsync(method, path, token, body);
}
