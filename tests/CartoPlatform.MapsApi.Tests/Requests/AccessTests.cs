using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Requests;

/// <summary>Who may see what: the same on instantiation, TileJSON and tiles (contract, sections 1.8 and 12.3).</summary>
public sealed class AccessTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Query = "SELECT * FROM demo.stores";

    private static readonly string[] Stages = ["?", "?format=tilejson&", "/0/0/0?", "?format=geojson&"];

    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.stores (geom geometry(Point, 4326)); INSERT INTO demo.stores VALUES ('SRID=4326;POINT(1 2)');
        CREATE TABLE demo.secrets (LIKE demo.stores);
        CREATE TABLE demo.hidden (LIKE demo.stores); REVOKE ALL ON demo.hidden FROM PUBLIC;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.stores, demo.secrets, demo.hidden");

    [Fact]
    public async Task No_token_is_401_at_every_stage()
    {
        var host = fixture.Host();
        using var client = host.Anonymous();
        await ExpectAsync(client, "main", "table", "name=demo.stores", HttpStatusCode.Unauthorized, "Token not defined");
    }

    [Fact]
    public async Task Table_grant_permits_that_table_and_nothing_else()
    {
        var host = fixture.Host();
        using var client = host.As(fixture.AddToken(new GrantRecord("main", "demo.stores")));
        await ExpectAsync(client, "main", "table", "name=demo.stores", HttpStatusCode.OK, null);
        await ExpectAsync(client, "main", "table", "name=DEMO.\"stores\"", HttpStatusCode.OK, null);
        await ExpectAsync(client, "main", "table", "name=demo.nothing", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
        await ExpectAsync(client, "main", "table", "name=demo.secrets", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
        await ExpectAsync(client, "main", "query", $"q={MapsClient.Escape(Query)}", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
        await ExpectAsync(client, "main", "query", "q=demo.stores", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
    }

    [Fact]
    public async Task Query_grant_permits_the_exact_text()
    {
        var host = fixture.Host();
        using var client = host.As(fixture.AddToken(new GrantRecord("main", Query)));
        await ExpectAsync(client, "main", "query", $"q={MapsClient.Escape($"  {Query};\n")}", HttpStatusCode.OK, null);
        await ExpectAsync(client, "main", "query", $"q={MapsClient.Escape("SELECT * FROM demo.secrets")}", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
        await ExpectAsync(client, "main", "query", $"q={MapsClient.Escape($"{Query} -- more")}", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
    }

    [Fact]
    public async Task Unknown_connection_is_403_without_a_grant_and_404_with_one()
    {
        var host = fixture.Host();
        using var stranger = host.As(fixture.AddToken(new GrantRecord("other", "*")));
        await ExpectAsync(stranger, "main", "table", "name=demo.stores", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
        await ExpectAsync(stranger, "nowhere", "table", "name=demo.stores", HttpStatusCode.Forbidden, "You don't have permissions to read this resource");
        await ExpectAsync(stranger, "other", "table", "name=demo.stores", HttpStatusCode.NotFound, "There is no connection other");
    }

    [Fact]
    public async Task Definition_is_checked_as_what_it_stands_for()
    {
        var host = fixture.Host();
        using var owner = host.Owner();
        var sql = $"{Query} -- {new string('x', 3_000)}";
        var (_, body) = await owner.PostJsonAsync("/v3/maps/main/query", $$"""{"q":"{{sql}}"}""");
        var url = new Uri(body.GetProperty("tilejson").GetProperty("url")[0].GetString()!).PathAndQuery;
        Assert.Contains("definition=", url, StringComparison.Ordinal);

        using var stranger = host.As(fixture.AddToken(new GrantRecord("main", "demo.stores")));
        using var refused = await stranger.AskAsync(url);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var granted = host.As(fixture.AddToken(new GrantRecord("main", sql)));
        using var allowed = await granted.AskAsync(url);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task Table_that_the_database_refuses_is_403()
    {
        await fixture.Database.ExecuteAsync("""
            DO $$ BEGIN EXECUTE (SELECT string_agg(format('REVOKE ALL ON demo.hidden FROM %I', grantee), ';') FROM information_schema.role_table_grants
              WHERE table_name = 'hidden' AND grantee <> current_user); END $$
            """);
        var host = fixture.Host();
        using var client = host.Owner();
        await ExpectAsync(client, "main", "table", "name=demo.hidden", HttpStatusCode.Forbidden, "permission denied for table hidden");
    }

    private static async Task ExpectAsync(HttpClient client, string connection, string kind, string parameters, HttpStatusCode status, string? error)
    {
        foreach (var stage in Stages)
        {
            using var response = await client.AskAsync($"/v3/maps/{connection}/{kind}{stage}{parameters}");
            Assert.True(response.StatusCode == status, $"{stage} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            if (error is not null) Assert.Contains(error, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
