using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

/// <summary>Further logins of a connection, and tokens and clients that name one.</summary>
public sealed class LoginTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private NpgsqlConnectionStringBuilder Reader => new(running.Database.ReaderConnectionString);

    [Fact]
    public async Task Logins_are_kept_with_the_connection_tried_and_never_told()
    {
        var (status, told) = await SetAsync(new { name = "north", username = Reader.Username, password = Reader.Password });
        Assert.True(status == HttpStatusCode.OK, told.ToString());
        Assert.Equal("""[{"name":"north","username":"USER"}]""".Replace("USER", Reader.Username, StringComparison.Ordinal), told.GetProperty("config").GetProperty("logins").GetRawText());
        Assert.DoesNotContain("password", told.ToString(), StringComparison.OrdinalIgnoreCase);

        var (kept, _) = await SetAsync(new { name = "north", username = Reader.Username });
        var record = await running.Service.Get<IWorkspaceDirectory>().FindConnectionAsync("carto_dw", CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, kept);
        Assert.Equal(("north", Reader.Password), (Assert.Single(record!.Logins).Name, new NpgsqlConnectionStringBuilder(record.Logins[0].ReaderConnectionString).Password));

        foreach (var wrong in (object[][])
                 [
                     [new { name = "north", username = Reader.Username, password = "wrong" }],
                     [new { name = "south", username = Reader.Username }],
                     [new { name = "north", username = "somebody_else" }],
                     [new { name = "no such; name", username = Reader.Username, password = Reader.Password }],
                     [new { name = "north", username = Reader.Username, password = Reader.Password }, new { name = "north", username = Reader.Username, password = Reader.Password }],
                     [new { username = Reader.Username, password = Reader.Password }],
                 ])
        {
            var (refused, error) = await SetAsync(wrong);
            Assert.True(refused == HttpStatusCode.BadRequest, $"{JsonSerializer.Serialize(wrong)}: {error}");
        }
    }

    [Fact]
    public async Task Token_names_a_login_that_its_connections_have_and_keeps_it()
    {
        await SetAsync(new { name = "north", username = Reader.Username, password = Reader.Password });
        Task<(HttpStatusCode Status, JsonElement Body)> CreateAsync(string connection, string login) =>
            AskAsync(HttpMethod.Post, "/v3/tokens", new { grants = new[] { new { connection_name = connection } }, login });

        Assert.Equal(HttpStatusCode.BadRequest, (await CreateAsync("carto_dw", "south")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await CreateAsync("other", "north")).Status);
        var (status, made) = await CreateAsync("carto_dw", "north");
        var id = made.GetProperty("id").GetGuid();
        Assert.Equal((HttpStatusCode.OK, "north"), (status, made.GetProperty("login").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Patch, $"/v3/tokens/{id}", new { login = "south" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(HttpMethod.Patch, $"/v3/tokens/{id}", new { name = "renamed" })).Status);
        Assert.Equal("north", (await running.Service.Get<IWorkspaceDirectory>().FindTokenAsync(id, CancellationToken.None))!.Login);
    }

    [Fact]
    public async Task Client_with_a_login_makes_nothing_that_would_read_without_it()
    {
        await SetAsync(new { name = "north", username = Reader.Username, password = Reader.Password });

        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Post, "/v3/oauth-clients", new { name = "x", role = "Editor", login = "north" })).Status);
        var (status, made) = await AskAsync(
            HttpMethod.Post, "/v3/oauth-clients", """{"name":"x","login":"north","scopes":[],"grants":[{"connection_name":"carto_dw"}]}""");
        Assert.Equal((HttpStatusCode.OK, "north"), (status, made.GetProperty("login").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Patch, $"/v3/oauth-clients/{made.GetProperty("client_id").GetString()}", """{"role":"Editor","scopes":["write:tokens"]}""")).Status);
    }

    [Fact]
    public async Task Resources_show_a_login_what_it_may_read()
    {
        var (schema, role) = ($"of_{Guid.NewGuid():N}", $"role_{Guid.NewGuid():N}");
        await running.Database.ExecuteAsync($"CREATE SCHEMA {schema}_open; CREATE SCHEMA {schema}_secret; CREATE TABLE {schema}_secret.salaries (id int, salary int)");
        await ExecuteAsAdminAsync($"""
            CREATE ROLE {role} LOGIN PASSWORD 'only-in-tests';
            GRANT CONNECT ON DATABASE {Reader.Database} TO {role};
            """);
        await running.Database.ExecuteAsync($"""
            CREATE TABLE {schema}_open.shown (id int, name text, secret text);
            CREATE TABLE {schema}_open.hidden (id int);
            CREATE TABLE {schema}_open.rows (tenant text);
            CREATE TABLE {schema}_open.parted (id int) PARTITION BY RANGE (id);
            CREATE TABLE {schema}_open.part PARTITION OF {schema}_open.parted FOR VALUES FROM (0) TO (10);
            ALTER TABLE {schema}_open.rows ENABLE ROW LEVEL SECURITY;
            GRANT USAGE ON SCHEMA {schema}_open TO {role};
            GRANT SELECT (id, name) ON {schema}_open.shown TO {role};
            GRANT SELECT ON {schema}_open.rows, {schema}_open.parted, {schema}_open.part TO {role};
            INSERT INTO {schema}_open.rows SELECT 'x' FROM generate_series(1, 50);
            ANALYZE {schema}_open.rows;
            """);
        await SetAsync(new { name = "narrow", username = role, password = "only-in-tests" });
        var (_, made) = await AskAsync(HttpMethod.Post, "/v3/tokens", new { grants = new[] { new { connection_name = "carto_dw" } }, login = "narrow" });
        var token = made.GetProperty("token").GetString()!;
        async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, string caller)
        {
            var (status, body) = await running.Service.SendAsync(HttpMethod.Get, $"/v3/connections/carto_dw/resources/{Reader.Database}{path}", caller);
            return (status, body.ToString());
        }

        var (_, schemas) = await GetAsync("", token);
        var (_, tables) = await GetAsync($".{schema}_open", token);
        var (_, shown) = await GetAsync($".{schema}_open.shown", token);
        var (_, rows) = await GetAsync($".{schema}_open.rows", token);

        Assert.Contains($"{schema}_open", schemas, StringComparison.Ordinal);
        Assert.DoesNotContain($"{schema}_secret", schemas, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", tables, StringComparison.Ordinal);
        Assert.Contains("\"name\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("nrows", rows, StringComparison.Ordinal);
        Assert.DoesNotContain("size", rows, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync($".{schema}_open.part", token)).Status);
        foreach (var hidden in (string[])[$".{schema}_secret", $".{schema}_secret.salaries", $".{schema}_open.hidden"])
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(hidden, token)).Status);
    }

    private async Task ExecuteAsAdminAsync(string sql)
    {
        await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(running.Database.AdminConnectionString) { Pooling = false }.ConnectionString);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> SetAsync(params object[] logins) => AskAsync(HttpMethod.Patch, "/v3/connections/carto_dw", new { config = new { logins } });

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, object body) =>
        running.Service.SendAsync(method, path, running.Platform.ReadOwnerToken(), body);
}
