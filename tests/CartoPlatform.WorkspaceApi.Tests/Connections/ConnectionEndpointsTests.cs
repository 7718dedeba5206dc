using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Connections;

public sealed class ConnectionEndpointsTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Fact]
    public async Task Owner_sees_every_connection_and_no_secret()
    {
        var answer = await running.Service.GetAsync("/v3/connections", running.Platform.ReadOwnerToken());

        var list = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.EnumerateArray().ToList();
        Assert.Equal(["carto_dw", "other"], list.Select(connection => connection.GetProperty("name").GetString()));
        Assert.All(list, connection => Assert.Equal(
            ["id", "name", "provider_id"], connection.EnumerateObject().Select(property => property.Name)));
        Assert.All(list, connection => Assert.Equal("postgres", connection.GetProperty("provider_id").GetString()));
    }

    [Fact]
    public async Task Others_see_the_connections_of_their_grants()
    {
        var config = JsonDocument.Parse(await (await running.Service.GetAsync("/demo/config.json")).Content.ReadAsStringAsync());

        var answer = await running.Service.GetAsync("/v3/connections", config.RootElement.GetProperty("accessToken").GetString());

        var list = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(["carto_dw"], list.EnumerateArray().Select(connection => connection.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Without_a_token_is_401()
    {
        var answer = await running.Service.GetAsync("/v3/connections");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("""{"error":"Token not defined","status":401}""", await answer.Content.ReadAsStringAsync());
    }
}
