using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

/// <summary>Passwords that are kept go nowhere but where they have gone before.</summary>
public sealed class KeptPasswordTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private NpgsqlConnectionStringBuilder Reader => new(running.Database.ReaderConnectionString);

    private NpgsqlConnectionStringBuilder Writer => new(running.Database.OwnerConnectionString);

    [Theory]
    [InlineData("""{"config":{"port":PORT}}""", "password must be given again where port changes")]
    [InlineData("""{"config":{"host":"localhost.","port":PORT}}""", "password must be given again where host, port changes")]
    [InlineData("""{"host":"localhost.","port":PORT}""", "password must be given again where host, port changes")]
    [InlineData("""{"config":{"credentials":{"server":"localhost."}}}""", "password must be given again where host changes")]
    [InlineData("""{"config":{"database":"another"}}""", "password must be given again where database changes")]
    [InlineData("""{"config":{"username":"another"}}""", "password must be given again where username changes")]
    [InlineData("""{"config":{"sslmode":"disable"}}""", "password must be given again where sslmode changes")]
    [InlineData("""{"config":{"writer":{"username":"another"}}}""", "The password of writer must be given again where username changes")]
    [InlineData("""{"config":{"logins":[{"name":"north","username":"another"}]}}""", "The password of the login north is missing")]
    [InlineData("""{"config":{"replicas":[{"host":"127.0.0.1","port":PORT}]}}""", "password must be given again where the host or the port of replicas changes")]
    [InlineData("""{"config":{"port":PORT,"password":"PASSWORD"}}""", "The password of writer must be given again where port changes")]
    [InlineData("""{"config":{"port":PORT,"password":"PASSWORD","writer":null}}""", "The password of the login north must be given again where the host, port, database or replicas change, or sslmode becomes weaker")]
    [InlineData("""{"config":{"replicas":[{"host":"127.0.0.1","port":PORT}],"password":"PASSWORD"}}""", "The password of the login north must be given again where the host, port, database or replicas change, or sslmode becomes weaker")]
    public async Task Who_moves_a_connection_gives_its_passwords_before_anything_is_dialled(string body, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var name = await MakeAsync("prefer");
        var before = await SealedAsync(name);

        var (status, error) = await PatchAsync(name, body
            .Replace("PORT", $"{((IPEndPoint)listener.LocalEndpoint).Port}", StringComparison.Ordinal)
            .Replace("PASSWORD", Reader.Password, StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.BadRequest, expected), (status, error.GetProperty("error").GetString()));
        Assert.False(listener.Pending());
        Assert.Equal(before, await SealedAsync(name));
    }

    [Fact]
    public async Task With_all_passwords_a_connection_moves_and_without_any_it_keeps_what_stays()
    {
        var name = await MakeAsync("disable");
        Task<(HttpStatusCode Status, JsonElement Body)> TryAsync(object config) => PatchAsync(name, JsonSerializer.Serialize(new { config }));

        Assert.Equal(HttpStatusCode.OK, (await TryAsync(new { sslmode = "prefer", host = Reader.Host!.ToUpperInvariant(), port = Reader.Port })).Status);
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(new { replicas = new[] { new { host = Reader.Host, port = Reader.Port } } })).Status);
        var (moved, told) = await TryAsync(new
        {
            sslmode = "disable",
            password = Reader.Password,
            writer = new { username = Writer.Username, password = Writer.Password },
            logins = new[] { new { name = "north", username = Reader.Username, password = Reader.Password } },
        });
        Assert.True(moved == HttpStatusCode.OK, told.ToString());
        Assert.Equal("disable", told.GetProperty("config").GetProperty("sslmode").GetString());
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(new { username = Writer.Username, password = Writer.Password })).Status);
    }

    [Fact]
    public async Task Writing_login_has_a_password()
    {
        var (status, error) = await PatchAsync(await MakeAsync("prefer", withMore: false), """{"config":{"writer":{"username":"another"}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "The password of writer is missing"), (status, error.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("allow")]
    [InlineData("prefer")]
    public async Task Server_without_tls_that_asks_for_a_password_in_clear_text_gets_none(string mode)
    {
        await using var server = new ClearTextServer();

        var (_, test) = await running.Service.SendAsync(HttpMethod.Post, "/v3/connections/test", running.Platform.ReadOwnerToken(), new
        {
            provider = "postgres",
            config = new { host = "127.0.0.1", port = server.Port, database = "d", username = "u", password = "a secret in clear text", sslmode = mode },
        });

        Assert.False(test.GetProperty("success").GetBoolean());
        Assert.NotEqual(0, server.Sessions);
        Assert.DoesNotContain("secret", await server.HearAsync(), StringComparison.Ordinal);
    }

    private async Task<string> MakeAsync(string mode, bool withMore = true)
    {
        var name = $"kept_{Guid.NewGuid():N}";
        var (status, told) = await running.Service.SendAsync(HttpMethod.Post, "/v3/connections", running.Platform.ReadOwnerToken(), new
        {
            name,
            provider = "postgres",
            config = new
            {
                host = Reader.Host,
                port = Reader.Port,
                database = Reader.Database,
                username = Reader.Username,
                password = Reader.Password,
                sslmode = mode,
                writer = withMore ? new { username = Writer.Username, password = Writer.Password } : null,
                logins = withMore ? new[] { new { name = "north", username = Reader.Username, password = Reader.Password } } : null,
            },
        });
        Assert.True(status == HttpStatusCode.OK, told.ToString());
        return name;
    }

    private Task<string> SealedAsync(string name) =>
        running.Platform.AskAsync<string>($"SELECT revision || encode(sealed_credentials, 'hex') FROM platform.connections WHERE name = '{name}'");

    private Task<(HttpStatusCode Status, JsonElement Body)> PatchAsync(string name, string body) =>
        running.Service.SendAsync(HttpMethod.Patch, $"/v3/connections/{name}", running.Platform.ReadOwnerToken(), body);
}
