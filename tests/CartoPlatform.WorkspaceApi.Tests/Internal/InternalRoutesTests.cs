using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Internal;

public sealed class InternalRoutesTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private static readonly string ConnectionRoute = InternalRoutes.Connection("carto_dw");

    [Fact]
    public async Task Connection_is_told_with_its_secrets_to_who_has_the_key()
    {
        using var client = running.Service.CreateInternalClient();

        var connection = JsonSerializer.Deserialize(await client.GetStringAsync(ConnectionRoute), WorkspaceJson.Default.ConnectionRecord);

        Assert.Equal(running.Database.ReaderConnectionString, connection?.ReaderConnectionString);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("internal-key-of-the-test")]
    [InlineData("internal-key-of-the-tests2")]
    [InlineData("Internal-Key-Of-The-Tests")]
    public async Task Without_the_key_there_is_nothing(string? key)
    {
        using var client = new HttpClient { BaseAddress = running.Service.InternalUrl };
        if (key is not null) client.DefaultRequestHeaders.TryAddWithoutValidation(InternalRoutes.KeyHeader, key);

        var answer = await client.GetAsync(ConnectionRoute);
        var save = await client.PutAsync(InternalRoutes.MapDefinition("without-key"), Json("{}"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (answer.StatusCode, save.StatusCode));
        Assert.Equal($$"""{"error":"There is nothing at {{ConnectionRoute}}"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, await running.Platform.AskAsync<long>("SELECT count(*) FROM platform.map_definitions WHERE id = 'without-key'"));
    }

    [Fact]
    public async Task Public_port_has_no_internal_routes_even_with_the_key()
    {
        using var client = running.Service.CreatePublicClient();
        client.DefaultRequestHeaders.Add(InternalRoutes.KeyHeader, TestPlatform.InternalKey);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(ConnectionRoute)).StatusCode);
    }

    [Theory]
    [InlineData("/internal/v1/connections/none")]
    [InlineData("/internal/v1/connections/CARTO_DW")]
    [InlineData("/internal/v1/connections/public")]
    [InlineData("/internal/v1/connections/a%27%3B--")]
    [InlineData("/internal/v1/tokens/00000000-0000-0000-0000-000000000000")]
    [InlineData("/internal/v1/map-definitions/none")]
    public async Task There_is_none_is_null(string route)
    {
        using var client = running.Service.CreateInternalClient();

        Assert.Equal("null", await client.GetStringAsync(route));
    }

    [Fact]
    public async Task Definition_comes_back_byte_for_byte_and_saving_it_again_changes_nothing()
    {
        const string Definition = """{ "b":1, "a":"ñ 🙂 \u0000 \ud800", "a":2.50 }""";
        using var client = running.Service.CreateInternalClient();
        var route = InternalRoutes.MapDefinition("Abc-_123");

        var saves = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PutAsync(route, Json(Definition))));

        Assert.All(saves, answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        Assert.Equal(Definition, await client.GetStringAsync(route));
        Assert.Equal(1, await running.Platform.AskAsync<long>("SELECT count(*) FROM platform.map_definitions WHERE id = 'Abc-_123'"));
    }

    [Fact]
    public async Task Other_definition_under_the_same_id_is_a_conflict()
    {
        using var client = running.Service.CreateInternalClient();
        var route = InternalRoutes.MapDefinition("conflict");
        await client.PutAsync(route, Json("""{"a":1}"""));

        var answer = await client.PutAsync(route, Json("""{"a":2}"""));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("""{"a":1}""", await client.GetStringAsync(route));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("17")]
    [InlineData("{\"a\":")]
    [InlineData("{} {}")]
    public async Task Body_that_is_no_object_is_400(string body)
    {
        using var client = running.Service.CreateInternalClient();

        var answer = await client.PutAsync(InternalRoutes.MapDefinition("no-object"), Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("""{"error":"A map definition is a JSON object in UTF-8"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Definition_may_have_a_mebibyte_and_no_more()
    {
        using var client = running.Service.CreateInternalClient();
        var full = $$"""{"a":"{{new string('x', WorkspaceLimits.MapDefinitionBytes - 8)}}"}""";

        Assert.Equal(HttpStatusCode.NoContent, (await client.PutAsync(InternalRoutes.MapDefinition("full"), Json(full))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PutAsync(InternalRoutes.MapDefinition("more"), Json(full + " "))).StatusCode);
    }

    [Fact]
    public async Task Body_that_is_not_utf8_is_400()
    {
        using var client = running.Service.CreateInternalClient();
        byte[] latin1 = [.. "{\"a\":\""u8, 0xe9, .. "\"}"u8];

        var answer = await client.PutAsync(InternalRoutes.MapDefinition("not-utf8"), new ByteArrayContent(latin1));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
