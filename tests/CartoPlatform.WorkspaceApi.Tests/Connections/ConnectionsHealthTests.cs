using System.Net;
using System.Text.Json;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

public sealed class ConnectionsHealthTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Every_database_is_named()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();

        var (status, ready) = await AskAsync(service);

        Assert.Equal((HttpStatusCode.OK, "healthy"), (status, ready.GetProperty("status").GetString()));
        Assert.Equal("healthy", StateOf(ready, "carto_dw"));
        Assert.Equal("healthy", ready.GetProperty("dependencies").GetProperty("metadata").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("Port", "1", "it cannot be reached")]
    [InlineData("Password", "wrong-one", "it refuses the login")]
    [InlineData("Username", "nobody-of-that-name", "it refuses the login")]
    [InlineData("Database", "nowhere", "the server has no such database")]
    public async Task Database_that_is_down_is_named_with_a_reason_and_no_secrets(string setting, string value, string reason)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        platform.Settings["Bootstrap:Connections:0:ReaderConnectionString"] =
            new NpgsqlConnectionStringBuilder(database.ReaderConnectionString) { [setting] = value }.ConnectionString;
        await using var service = await platform.StartAsync();

        var (status, ready) = await AskAsync(service);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), (status, StateOf(ready, "carto_dw")));
        Assert.Equal($"carto_dw: {reason}", Connections(ready).GetProperty("description").GetString());
        Assert.DoesNotContain(value == "1" ? "127.0.0.1" : value, ready.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_beside_the_configured_ones_degrades_the_platform_only()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        platform.Settings["Bootstrap:Connections:1:Name"] = "other";
        platform.Settings["Bootstrap:Connections:1:ReaderConnectionString"] = "Host=127.0.0.1;Port=1;Database=away;Password=geheim";
        await using (await platform.StartAsync())
        {
        }

        // It stays when it leaves the configuration.
        platform.Settings.Remove("Bootstrap:Connections:1:Name");
        platform.Settings.Remove("Bootstrap:Connections:1:ReaderConnectionString");
        await using var service = await platform.StartAsync();
        var (status, ready) = await AskAsync(service);

        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, ready.GetProperty("status").GetString()));
        Assert.Equal(("healthy", "degraded"), (StateOf(ready, "carto_dw"), StateOf(ready, "other")));
        Assert.Equal("other: it cannot be reached", Connections(ready).GetProperty("description").GetString());
    }

    [Fact]
    public async Task Names_of_connections_are_for_administrators()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using var service = await platform.StartAsync();

        using var anonymous = await service.GetAsync("/health/ready");
        using var owner = await service.GetAsync("/health/ready", platform.ReadOwnerToken());

        var told = await anonymous.Content.ReadAsStringAsync();
        Assert.DoesNotContain("carto_dw", told, StringComparison.Ordinal);
        Assert.Equal(1, Connections(JsonDocument.Parse(told).RootElement).GetProperty("total").GetInt32());
        Assert.Contains("carto_dw", await owner.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Ready)> AskAsync(WorkspaceService service)
    {
        using var inside = service.CreateInternalClient();
        using var response = await inside.GetAsync("/health/ready");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.RootElement.Clone());
    }

    private static JsonElement Connections(JsonElement ready) => ready.GetProperty("dependencies").GetProperty("connections");

    private static string? StateOf(JsonElement ready, string connection) =>
        Connections(ready).GetProperty("databases").GetProperty(connection).GetString();
}
