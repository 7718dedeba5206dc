using System.Net;
using System.Text;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Bootstrap;

public sealed class ConnectionBootstrapTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private const string Reader = "Bootstrap:Connections:0:ReaderConnectionString";
    private const string Writer = "Bootstrap:Connections:0:WriterConnectionString";

    [Fact]
    public async Task Same_configuration_leaves_the_revision()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();

        await using var service = await platform.StartAsync();

        var connection = await service.Get<ConnectionStore>().FindAsync("carto_dw", CancellationToken.None);
        Assert.NotNull(connection);
        Assert.Equal(1, connection.Revision);
        Assert.Equal("postgres", connection.ProviderId);
        Assert.Equal(database.ReaderConnectionString, connection.ReaderConnectionString);
        Assert.Equal(database.OwnerConnectionString, connection.WriterConnectionString);
    }

    [Theory]
    [InlineData(Reader, "Host=127.0.0.1;Database=elsewhere")]
    [InlineData(Writer, "Host=127.0.0.1;Database=elsewhere")]
    [InlineData(Writer, "")]
    public async Task Changed_credentials_move_the_revision_and_keep_the_id(string key, string value)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        var id = await platform.AskAsync<Guid>("SELECT id FROM platform.connections");
        platform.Settings[key] = value;

        await using var service = await platform.StartAsync();

        var connection = await service.Get<ConnectionStore>().FindAsync("carto_dw", CancellationToken.None);
        Assert.NotNull(connection);
        Assert.Equal((id, 2L), (connection.Id, connection.Revision));
        Assert.Equal(value.Length == 0 ? null : value, key == Reader ? connection.ReaderConnectionString : connection.WriterConnectionString);
    }

    [Fact]
    public async Task Connection_that_left_the_list_stays()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        platform.Settings["Bootstrap:Connections:0:Name"] = "other";

        await using var service = await platform.StartAsync();

        Assert.Equal("carto_dw,other", await platform.AskAsync<string>("SELECT string_agg(name, ',' ORDER BY name) FROM platform.connections"));
    }

    [Fact]
    public async Task Database_holds_no_credentials_in_the_clear()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();

        var envelope = Encoding.Latin1.GetString(await platform.AskAsync<byte[]>("SELECT sealed_credentials FROM platform.connections"));

        Assert.DoesNotContain(database.DatabaseName, envelope, StringComparison.Ordinal);
        Assert.DoesNotContain("Password", envelope, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Other_master_key_seals_the_configured_connections_anew()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        platform.Settings["Platform:MasterKey"] = Convert.ToBase64String(new byte[32]);

        await using var service = await platform.StartAsync();

        var connection = await service.Get<ConnectionStore>().FindAsync("carto_dw", CancellationToken.None);
        Assert.Equal(database.ReaderConnectionString, connection?.ReaderConnectionString);
    }

    [Fact]
    public async Task Connection_sealed_under_another_key_says_so()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await (await platform.StartAsync()).DisposeAsync();
        platform.Settings["Platform:MasterKey"] = Convert.ToBase64String(new byte[32]);
        platform.Settings["Bootstrap:Connections:0:Name"] = "other";
        await using var service = await platform.StartAsync();

        var failure = await Assert.ThrowsAsync<SealedElsewhereException>(
            async () => await service.Get<ConnectionStore>().FindAsync("carto_dw", CancellationToken.None));
        var owner = platform.ReadOwnerToken();
        var (used, told) = await service.SendAsync(HttpMethod.Get, "/v3/connections/carto_dw/resources", owner);
        var (shown, connection) = await service.SendAsync(HttpMethod.Get, "/v3/connections/carto_dw", owner);
        var reader = new Npgsql.NpgsqlConnectionStringBuilder(database.ReaderConnectionString);
        var config = new { host = reader.Host, port = reader.Port, database = reader.Database, username = reader.Username, password = reader.Password };
        var (partly, _) = await service.SendAsync(HttpMethod.Patch, "/v3/connections/carto_dw", owner, new { config = new { password = reader.Password } });
        var (mended, _) = await service.SendAsync(HttpMethod.Patch, "/v3/connections/carto_dw", owner, new { config });

        Assert.Contains("carto_dw were sealed under another key: Platform:MasterKey", failure.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, used);
        Assert.Contains("sealed under a key that this platform does not have", told.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, System.Text.Json.JsonValueKind.Null), (shown, connection.GetProperty("config").ValueKind));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (partly, mended));
        Assert.Equal(HttpStatusCode.OK, (await service.SendAsync(HttpMethod.Get, "/v3/connections/carto_dw/resources", owner)).Status);
    }
}
