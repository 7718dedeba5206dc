using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.Users;
using CartoPlatform.WorkspaceClient;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

public sealed class ConnectionAdministrationTests(RunningPlatform running) : IClassFixture<RunningPlatform>, IAsyncLifetime
{
    private static int _count;

    private string Owner => running.Platform.ReadOwnerToken();

    private NpgsqlConnectionStringBuilder Reader => new(running.Database.ReaderConnectionString);

    /// <summary>What the tests before have tried in vain is over.</summary>
    public Task InitializeAsync()
    {
        running.Platform.Time.Advance(TimeSpan.FromMinutes(1));
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Connection_is_made_told_without_its_secret_and_used_at_once()
    {
        var name = NewName();
        var (made, connection) = await PostAsync(Body(name));
        var record = await running.Service.Get<IWorkspaceDirectory>().FindConnectionAsync(name, CancellationToken.None);
        var (found, told) = await AskAsync(HttpMethod.Get, $"/{connection.GetProperty("id").GetString()}");
        var (_, list) = await AskAsync(HttpMethod.Get, "");
        var (_, byName) = await AskAsync(HttpMethod.Get, $"/{name}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (made, found));
        Assert.Equal((Reader.Username, Reader.Password), (new NpgsqlConnectionStringBuilder(record!.ReaderConnectionString).Username, new NpgsqlConnectionStringBuilder(record.ReaderConnectionString).Password));
        Assert.Equal((Reader.Host, Reader.Database), (told.GetProperty("config").GetProperty("host").GetString(), told.GetProperty("config").GetProperty("database").GetString()));
        Assert.Contains(list.EnumerateArray(), one => one.GetProperty("name").GetString() == name && one.GetProperty("provider_id").GetString() == "postgres");
        Assert.All((JsonElement[])[connection, told, list, byName], body => Assert.DoesNotContain("password", body.GetRawText(), StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("password", await running.Platform.AskAsync<string>("SELECT string_agg(audit::text, ' ') FROM platform.audit"), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("password", await running.Platform.AskAsync<string>("SELECT string_agg(encode(sealed_credentials, 'escape'), ' ') FROM platform.connections"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("name", "public")]
    [InlineData("name", "a b")]
    [InlineData("name", "a/../b")]
    [InlineData("name", "")]
    [InlineData("provider", "mysql")]
    [InlineData("host", "a,b")]
    [InlineData("host", "/var/run/postgresql")]
    [InlineData("host", "db;Password=x")]
    [InlineData("host", "-x")]
    [InlineData("port", "0")]
    [InlineData("port", "65536")]
    [InlineData("password", "")]
    [InlineData("username", null)]
    [InlineData("password", null)]
    [InlineData("database", null)]
    [InlineData("host", null)]
    [InlineData("sslmode", "sometimes")]
    [InlineData("max_connections", "0")]
    [InlineData("statement_seconds", "100000")]
    [InlineData("password", "a\0b")]
    public async Task What_cannot_be_a_connection_is_400(string field, string? value)
    {
        var body = Body(NewName());
        var config = body["config"]!.AsObject();
        if (field is "name" or "provider" or "max_connections" or "statement_seconds") body[field] = value;
        else config[field] = value;

        var (status, error) = await PostAsync(body);

        Assert.True(status == HttpStatusCode.BadRequest, error.GetRawText());
        Assert.False(string.IsNullOrEmpty(error.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("port", "1", "it cannot be reached")]
    [InlineData("password", "wrong", "it refuses the login")]
    [InlineData("database", "nowhere", "the server has no such database")]
    [InlineData("database", "x;Host=evil", "the server has no such database")]
    [InlineData("username", "x' OR 1=1 --", "it refuses the login")]
    [InlineData("sslmode", "verify-full", "it offers no TLS, which sslmode asks for")]
    public async Task Database_that_does_not_answer_is_told_and_nothing_is_kept(string field, string value, string problem)
    {
        var body = Body(NewName());
        body["config"]![field] = value;

        var (status, error) = await PostAsync(body);
        var (tested, test) = await AskAsync(HttpMethod.Post, "/test", body);

        Assert.Equal((HttpStatusCode.BadRequest, $"The database cannot be used: {problem}"), (status, error.GetProperty("error").GetString()));
        Assert.Equal((HttpStatusCode.OK, false, problem), (tested, test.GetProperty("success").GetBoolean(), test.GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Get, $"/{body["name"]}")).Status);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("{}", HttpStatusCode.OK)]
    [InlineData("""{"config":{"password":"wrong"}}""", HttpStatusCode.BadRequest)]
    [InlineData("[", HttpStatusCode.BadRequest)]
    public async Task Test_of_what_is_kept_takes_no_settings(string? body, HttpStatusCode expected)
    {
        var name = NewName();
        await PostAsync(Body(name));

        var (status, answer) = await AskAsync(HttpMethod.Post, $"/{name}/test", body);

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.OK, answer.TryGetProperty("success", out _));
    }

    [Theory]
    [InlineData("", "named_source_only", "true")]
    [InlineData("", "max_connection", "3")]
    [InlineData("config", "passwort", "\"x\"")]
    [InlineData("config", "writers", "{}")]
    [InlineData("writer", "user", "\"x\"")]
    [InlineData("replica", "prot", "1")]
    [InlineData("login", "user", "\"x\"")]
    public async Task Member_that_is_none_is_400_and_named(string where, string member, string value)
    {
        var body = Body(NewName());
        var config = body["config"]!.AsObject();
        config["writer"] = new JsonObject { ["username"] = Reader.Username, ["password"] = Reader.Password };
        config["replicas"] = new JsonArray(new JsonObject { ["host"] = Reader.Host, ["port"] = Reader.Port });
        config["logins"] = new JsonArray(new JsonObject { ["name"] = "north", ["username"] = Reader.Username, ["password"] = Reader.Password });
        var part = where switch
        {
            "" => body,
            "config" => config,
            "writer" => config["writer"]!.AsObject(),
            "replica" => config["replicas"]![0]!.AsObject(),
            _ => config["logins"]![0]!.AsObject(),
        };
        part[member] = JsonNode.Parse(value);

        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Post, ""), (HttpMethod.Post, "/test"), (HttpMethod.Patch, "/other")])
        {
            var (status, error) = await AskAsync(method, path, body);
            Assert.True(status == HttpStatusCode.BadRequest, error.GetRawText());
            if (method == HttpMethod.Post) Assert.Contains($" {member} ", $"{error.GetProperty("error").GetString()} ", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_was_told_can_be_sent_back()
    {
        var name = NewName();
        await PostAsync(Body(name));
        var (_, told) = await AskAsync(HttpMethod.Get, $"/{name}");

        var (status, again) = await AskAsync(HttpMethod.Patch, $"/{name}", told.GetRawText());

        Assert.True(status == HttpStatusCode.OK, again.GetRawText());
        Assert.Equal(told.GetProperty("config").GetRawText(), again.GetProperty("config").GetRawText());
    }

    [Fact]
    public async Task Names_that_differ_by_case_do_not_stand_side_by_side()
    {
        var name = NewName();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Body(name))).Status);

        var (status, error) = await PostAsync(Body(name.ToUpperInvariant()));
        var atOnce = NewName();
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => PostAsync(Body(i % 2 == 0 ? atOnce : atOnce.ToUpperInvariant()))));

        Assert.Equal((HttpStatusCode.Conflict, $"There is a connection {name} already"), (status, error.GetProperty("error").GetString()));
        Assert.Equal(1, made.Count(one => one.Status == HttpStatusCode.OK));
        Assert.Equal(5, made.Count(one => one.Status == HttpStatusCode.Conflict));
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("2852039166")]
    [InlineData("0xa9fea9fe")]
    [InlineData("fe80::1")]
    [InlineData("0.0.0.0")]
    public async Task Addresses_that_answer_everybody_on_their_network_are_not_dialled(string host)
    {
        var body = Body(NewName());
        body["config"]!["host"] = host;

        var (status, error) = await PostAsync(body);
        var (_, test) = await AskAsync(HttpMethod.Post, "/test", body);
        body["config"]!["host"] = Reader.Host;
        body["config"]!["replicas"] = new JsonArray(new JsonObject { ["host"] = host });
        var (ofReplica, _) = await PostAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (status, ofReplica));
        Assert.Equal("The database cannot be used: its address is one that connections may not lead to", error.GetProperty("error").GetString());
        Assert.False(test.GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task Settings_are_told_to_those_who_may_change_them()
    {
        var (mine, others) = (UserSteps.NewEmail(), UserSteps.NewEmail());
        foreach (var email in (string[])[mine, others]) await running.CreateUserAsync(email, "Editor");
        var (maker, _) = await running.Service.SignInAsync(mine);
        var (editor, _) = await running.Service.SignInAsync(others);
        var name = NewName();
        await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/connections", maker, Body(name).ToJsonString()).OkAsync();

        var own = await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/connections/{name}", maker).OkAsync();
        var foreign = await running.Service.WithCookieAsync(HttpMethod.Get, $"/v3/connections/{name}", editor).OkAsync();
        var configured = await running.Service.WithCookieAsync(HttpMethod.Get, "/v3/connections/carto_dw", editor).OkAsync();

        Assert.Equal(Reader.Host, own.GetProperty("config").GetProperty("host").GetString());
        foreach (var told in (JsonElement[])[foreign, configured]) Assert.Equal(["id", "name", "provider_id"], told.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Warehouse_that_is_not_built_is_501()
    {
        var body = Body(NewName());
        body["provider"] = "bigquery";

        Assert.Equal(HttpStatusCode.NotImplemented, (await PostAsync(body)).Status);
    }

    [Fact]
    public async Task Every_change_moves_the_revision_and_leaves_what_it_does_not_mention()
    {
        var name = NewName();
        await PostAsync(Body(name));
        var before = await FindAsync(name);

        var (status, told) = await AskAsync(HttpMethod.Patch, $"/{name}", """{"named_sources_only":true,"max_connections":3,"statement_seconds":7}""");
        var after = await FindAsync(name);

        Assert.True(status == HttpStatusCode.OK, told.GetRawText());
        Assert.Equal(before.ReaderConnectionString, after.ReaderConnectionString);
        Assert.Equal((true, 3, 7, before.Revision + 1), (after.NamedSourcesOnly, after.MaxConnections!.Value, after.StatementSeconds!.Value, after.Revision));
    }

    [Fact]
    public async Task Limits_of_a_connection_hold_in_its_sessions()
    {
        var name = NewName();
        var body = Body(name);
        (body["max_connections"], body["statement_seconds"]) = (1, 7);
        await PostAsync(body);

        var pool = await running.Service.Get<ConnectionPools>().FindAsync(name, CancellationToken.None);
        foreach (var source in (NpgsqlDataSource[])[pool!.Reader, pool.Tables])
        {
            await using var command = source.CreateCommand("SHOW statement_timeout");
            Assert.Equal("7s", await command.ExecuteScalarAsync());
            Assert.Equal(1, new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize);
        }
    }

    [Fact]
    public async Task Replicas_and_a_writing_login_are_kept_with_the_password_of_the_connection()
    {
        var name = NewName();
        await PostAsync(Body(name));
        var owner = new NpgsqlConnectionStringBuilder(running.Database.OwnerConnectionString);

        var (status, told) = await AskAsync(HttpMethod.Patch, $"/{name}", new
        {
            writer = new { username = owner.Username, password = owner.Password },
            replicas = new[] { new { host = Reader.Host, port = Reader.Port } },
        });
        var record = await FindAsync(name);

        Assert.True(status == HttpStatusCode.OK, told.GetRawText());
        Assert.Equal(owner.Username, new NpgsqlConnectionStringBuilder(record.WriterConnectionString).Username);
        Assert.Equal(Reader.Password, new NpgsqlConnectionStringBuilder(Assert.Single(record.ReplicaConnectionStrings)).Password);
        Assert.DoesNotContain("password", told.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Login_that_may_write_is_told_as_a_warning_and_in_health()
    {
        var name = NewName();
        var body = Body(name);
        var owner = new NpgsqlConnectionStringBuilder(running.Database.OwnerConnectionString);
        (body["config"]!["username"], body["config"]!["password"]) = (owner.Username, owner.Password);

        var (_, made) = await PostAsync(body);
        using var health = await running.Service.GetAsync("/health/ready", Owner);

        Assert.Contains(made.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("SQL of callers", StringComparison.Ordinal));
        Assert.Contains(name, await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("unrestrictedLogins", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_in_use_is_deleted_only_with_another_in_its_place()
    {
        var (name, other) = (NewName(), NewName());
        await PostAsync(Body(name));
        var (_, target) = await PostAsync(Body(other));
        var (_, token) = await running.Service.SendAsync(
            HttpMethod.Post, "/v3/tokens", Owner, $$"""{"grants":[{"connection_name":"{{name}}","source":"demo.a"},{"connection_name":"carto_dw"}]}""");

        var (inUse, error) = await AskAsync(HttpMethod.Delete, $"/{name}");
        var (wrong, _) = await AskAsync(HttpMethod.Delete, $"/{name}?targetConnectionId={Guid.NewGuid()}");
        var (moved, _) = await AskAsync(HttpMethod.Delete, $"/{name}?targetConnectionId={target.GetProperty("id").GetString()}");
        var (_, told) = await running.Service.SendAsync(HttpMethod.Get, $"/v3/tokens/{token.GetProperty("id").GetString()}", Owner);

        Assert.Equal((HttpStatusCode.Conflict, 1), (inUse, error.GetProperty("tokens").GetInt32()));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NoContent), (wrong, moved));
        Assert.Equal([other, "carto_dw"], told.GetProperty("grants").EnumerateArray().Select(grant => grant.GetProperty("connection_name").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Get, $"/{name}")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Maps_use_a_connection_and_move_with_all_their_letters(bool isPublished)
    {
        var (name, other) = (NewName(), NewName());
        await PostAsync(Body(name));
        var (_, target) = await PostAsync(Body(other));
        var config = """{"version":"v1","config":{"mapState":{"zoom":1.50},"mapStyle":{},"visState":{"layers":[]},"odd":"\u0000 é \ud83d\ude00","connectionName":"NAME"}}""".Replace("NAME", name, StringComparison.Ordinal);
        var (_, map) = await running.Service.SendAsync(
            HttpMethod.Post, "/v3/maps", Owner,
            $$"""{"title":"t","keplerMapConfig":{{config}},"datasets":[{"id":"d1","type":"table","source":"demo.a","connectionName":"{{name}}"},{"id":"d2","type":"table","source":"demo.a","connectionName":"carto_dw"}]}""");
        var path = $"/v3/maps/{map.GetProperty("id").GetString()}";
        if (isPublished)
        {
            await running.Service.SendAsync(HttpMethod.Post, $"{path}/publish", Owner);
            await running.Service.SendAsync(HttpMethod.Patch, path, Owner, """{"datasets":[]}""");
        }

        var (inUse, error) = await AskAsync(HttpMethod.Delete, $"/{name}");
        var (moved, _) = await AskAsync(HttpMethod.Delete, $"/{name}?targetConnectionId={target.GetProperty("id").GetString()}");

        Assert.Equal((HttpStatusCode.Conflict, 1), (inUse, error.GetProperty("maps").GetInt32()));
        Assert.Equal(HttpStatusCode.NoContent, moved);
        var documents = await running.Platform.AskAsync<string>($"SELECT draft || coalesce(published, '') FROM platform.maps WHERE id = '{map.GetProperty("id").GetString()}'");
        Assert.Contains(config, documents, StringComparison.Ordinal);
        Assert.Contains($"\"connectionName\":\"{other}\"", documents, StringComparison.Ordinal);
        Assert.DoesNotContain($"demo.a\",\"connectionName\":\"{name}\"", documents, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_of_the_configuration_keeps_its_logins_and_its_place()
    {
        Assert.Equal(HttpStatusCode.Conflict, (await AskAsync(HttpMethod.Delete, "/carto_dw")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await AskAsync(HttpMethod.Patch, "/carto_dw", """{"config":{"password":"another"}}""")).Status);
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("POST", "/test")]
    [InlineData("PATCH", "/carto_dw")]
    [InlineData("DELETE", "/carto_dw")]
    [InlineData("POST", "/carto_dw/test")]
    public async Task Api_access_token_changes_none(string method, string path)
    {
        var (status, _) = await running.Service.SendAsync(new HttpMethod(method), $"/v3/connections{path}", await ReaderTokenAsync("*"), Body(NewName()));

        Assert.Equal(HttpStatusCode.Forbidden, status);
    }

    [Fact]
    public async Task Api_access_token_sees_the_name_of_a_connection_and_nothing_of_its_settings()
    {
        var (status, told) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections/carto_dw", await ReaderTokenAsync("demo.a"));
        var (other, _) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections/other", await ReaderTokenAsync("demo.a"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (status, other));
        Assert.Equal(["id", "name", "provider_id"], told.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Resources_are_a_tree_of_what_the_caller_may_read()
    {
        await running.Database.ExecuteAsync("""
            DROP SCHEMA IF EXISTS tree CASCADE; CREATE SCHEMA tree;
            CREATE TABLE tree.a (id int, name text, geom geometry(MultiPolygon, 3857)); ANALYZE tree.a;
            CREATE VIEW tree."View.b" AS SELECT 1 AS one;
            GRANT USAGE ON SCHEMA tree TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA tree TO PUBLIC;
            """);
        const string Root = "/v3/connections/carto_dw/resources";
        var database = Reader.Database!;
        async Task<IEnumerable<string?>> NamesAsync(string path, string token) => (await running.Service.SendAsync(HttpMethod.Get, path, token)).Body
            is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("children", out var children) ? children.EnumerateArray().Select(child => child.GetProperty("name").GetString()) : [];

        var (_, table) = await running.Service.SendAsync(HttpMethod.Get, $"{Root}/{database}.tree.a", Owner);
        var geometry = table.GetProperty("schema").EnumerateArray().Single(field => field.GetProperty("name").GetString() == "geom");

        Assert.Equal([database], await NamesAsync(Root, Owner));
        Assert.Contains("tree", await NamesAsync($"{Root}/{database}", Owner));
        Assert.Equal(["View.b", "a"], (await NamesAsync($"{Root}/{database}.tree", Owner)).Order(StringComparer.Ordinal));
        Assert.Equal(["a"], await NamesAsync($"{Root}/{database}.tree", await ReaderTokenAsync("tree.a")));
        Assert.Equal(["tree"], await NamesAsync($"/connections/carto_dw/resources/{database}", await ReaderTokenAsync("tree.*")));
        Assert.Equal(("geom", "table", 0), (table.GetProperty("geomField").GetString(), table.GetProperty("type").GetString(), table.GetProperty("nrows").GetInt32()));
        Assert.Equal(("geometry", "MULTIPOLYGON", 3857), (geometry.GetProperty("type").GetString(), geometry.GetProperty("geometryType").GetString(), geometry.GetProperty("srid").GetInt32()));
        Assert.Equal(HttpStatusCode.NotFound, (await running.Service.SendAsync(HttpMethod.Get, $"{Root}/{database}.tree.a", await ReaderTokenAsync("tree.b"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await running.Service.SendAsync(HttpMethod.Get, $"{Root}/{database}.pg_catalog", Owner)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await running.Service.SendAsync(HttpMethod.Get, $"{Root}/nowhere", Owner)).Status);
    }

    private static string NewName() => $"made_{Interlocked.Increment(ref _count)}_{Guid.NewGuid():N}";

    private JsonObject Body(string name) => new()
    {
        ["name"] = name,
        ["provider"] = "postgres",
        ["config"] = new JsonObject
        {
            ["host"] = Reader.Host,
            ["port"] = Reader.Port,
            ["database"] = Reader.Database,
            ["username"] = Reader.Username,
            ["password"] = Reader.Password,
        },
    };

    private async Task<CartoPlatform.Contracts.Workspace.ConnectionRecord> FindAsync(string name) =>
        await running.Service.Get<IWorkspaceDirectory>().FindConnectionAsync(name, CancellationToken.None) ?? throw new InvalidOperationException(name);

    private async Task<string> ReaderTokenAsync(string source) => (await running.Service.SendAsync(
        HttpMethod.Post, "/v3/tokens", Owner, $$"""{"grants":[{"connection_name":"carto_dw","source":"{{source}}"}]}""")).Body.GetProperty("token").GetString()!;

    private Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(JsonObject body) => AskAsync(HttpMethod.Post, "", body);

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, object? body = null) =>
        running.Service.SendAsync(method, $"/v3/connections{path}", Owner, (body as JsonObject)?.ToJsonString() ?? body);
}
