using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.WorkspaceApi.Tests.Audit;

public sealed class AuditTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private readonly CancellationToken _never = CancellationToken.None;

    [Fact]
    public async Task Change_and_its_line_are_kept_together_or_not_at_all()
    {
        var subject = Guid.NewGuid().ToString();
        await using var connection = await running.Service.Get<MetadataDatabase>().OpenAsync(_never);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await AuditLog.WriteAsync(connection, await OwnerAsync(), "token.create", subject, null, _never);
            await transaction.RollbackAsync();
        }

        Assert.Empty((await ListAsync(subject)).Items);
        await AuditLog.WriteAsync(connection, await OwnerAsync(), "token.create", subject, Json("""{"name":"x"}"""), _never);
        var line = Assert.Single((await ListAsync(subject)).Items);
        Assert.Equal(("owner", "token.create", "192.0.2.7", """{"name": "x"}"""), (line.ActorKind, line.Action, line.Address, line.Json));
    }

    /// <summary>Each kind of change, once: who, what, and from where. What is read leaves nothing.</summary>
    [Fact]
    public async Task Every_change_leaves_a_line()
    {
        var email = UserSteps.NewEmail();
        await running.CreateUserAsync(email, "Superadmin");
        var (cookie, _) = await running.Service.SignInAsync(email);
        async Task<string> DoAsync(HttpMethod method, string path, object? body = null, string id = "id")
        {
            var answer = await running.Service.WithCookieAsync(method, path, cookie, body is null ? null : JsonSerializer.Serialize(body)).OkAsync();
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(id, out var value) ? value.ToString() : "";
        }

        var (post, put, patch, delete) = (HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete);
        var token = await DoAsync(post, "/v3/tokens", new { grants = new[] { new { connection_name = "carto_dw" } } });
        await DoAsync(patch, $"/v3/tokens/{token}", new { name = "renamed" });
        await DoAsync(delete, $"/v3/tokens/{token}");
        var client = await DoAsync(post, "/v3/oauth-clients", new { name = "machine" }, "client_id");
        await DoAsync(patch, $"/v3/oauth-clients/{client}", new { name = "renamed" });
        await DoAsync(post, $"/v3/oauth-clients/{client}/secret", new { });
        await DoAsync(delete, $"/v3/oauth-clients/{client}");
        var user = await DoAsync(post, "/v3/users", new { email = UserSteps.NewEmail(), role = "Viewer" });
        await DoAsync(patch, $"/v3/users/{user}", new { name = "Renamed" });
        var group = await DoAsync(post, "/v3/groups", new { name = $"group {Guid.NewGuid()}" });
        await DoAsync(put, $"/v3/groups/{group}/members/{user}");
        await DoAsync(delete, $"/v3/groups/{group}/members/{user}");
        await DoAsync(delete, $"/v3/groups/{group}");
        await DoAsync(delete, $"/v3/users/{user}");
        var source = $"source-{Guid.NewGuid():N}"[..30];
        await DoAsync(post, "/v3/named-sources", new { name = source, source = "SELECT 1" });
        await DoAsync(patch, $"/v3/named-sources/{source}", new { source = "SELECT 2" });
        await DoAsync(delete, $"/v3/named-sources/{source}");
        var reader = new Npgsql.NpgsqlConnectionStringBuilder(running.Database.ReaderConnectionString);
        var connection = await DoAsync(post, "/v3/connections", new
        {
            name = $"audited_{Guid.NewGuid():N}",
            provider = "postgres",
            config = new { host = reader.Host, port = reader.Port, database = reader.Database, username = reader.Username, password = reader.Password },
        });
        await DoAsync(patch, $"/v3/connections/{connection}", new { statement_seconds = 7 });
        await DoAsync(delete, $"/v3/connections/{connection}");
        var map = await DoAsync(post, "/v3/maps", new { title = "map" });
        await DoAsync(patch, $"/v3/maps/{map}", new { title = "renamed" });
        await DoAsync(post, $"/v3/maps/{map}/datasets", new { id = "d1", type = "table", source = "demo.a", connectionName = "carto_dw" });
        await DoAsync(patch, $"/v3/maps/{map}/datasets/d1", new { label = "renamed" });
        await DoAsync(delete, $"/v3/maps/{map}/datasets/d1");
        await DoAsync(post, $"/v3/maps/{map}/publish");
        await DoAsync(post, $"/v3/maps/{map}/privacy", new { privacy = "public" });
        await DoAsync(post, $"/v3/maps/{map}/token");
        await DoAsync(delete, $"/v3/maps/{map}");

        var lines = (await running.AsOwnerAsync(HttpMethod.Get, $"/v3/audit?pageSize=1000&search={email}").OkAsync()).EnumerateArray()
            .Where(line => line.GetProperty("actor").GetProperty("name").GetString() == email).Reverse().ToList();

        Assert.Equal(
            [
                "token.create", "token.update", "token.revoke", "oauth_client.create", "oauth_client.update", "oauth_client.renew_secret", "oauth_client.delete",
                "user.create", "user.update", "group.create", "group.add_member", "group.remove_member", "group.delete", "user.delete",
                "named_source.create", "named_source.update", "named_source.delete", "connection.create", "connection.update", "connection.delete",
                "map.create", "map.update", "map.add_dataset", "map.update_dataset", "map.remove_dataset", "map.publish", "map.share", "map.renew_token", "map.delete",
            ],
            lines.Select(line => line.GetProperty("action").GetString()));
        Assert.All(lines, line => Assert.Equal(("user", "127.0.0.1"), (line.GetProperty("actor").GetProperty("kind").GetString(), line.GetProperty("address").GetString())));
        Assert.DoesNotContain("password", string.Join(' ', lines.Select(line => line.GetRawText())), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Owner_reads_it_page_by_page_the_latest_first()
    {
        var subject = Guid.NewGuid().ToString();
        await using var connection = await running.Service.Get<MetadataDatabase>().OpenAsync(_never);
        foreach (var action in (string[])["token.create", "token.update", "token.revoke"])
            await AuditLog.WriteAsync(connection, await OwnerAsync(), action, subject, null, _never);

        using var first = await running.Service.GetAsync($"/v3/audit?search={subject}&pageSize=2", running.Platform.ReadOwnerToken());
        using var second = await running.Service.GetAsync($"/v3/audit?search={subject}&page_size=2&page=2", running.Platform.ReadOwnerToken());

        Assert.Equal(["token.revoke", "token.update"], await ActionsAsync(first));
        Assert.Equal(["token.create"], await ActionsAsync(second));
        Assert.Equal("3", Assert.Single(second.Headers.GetValues("X-Total-Count")));
    }

    [Theory]
    [InlineData("page=0")]
    [InlineData("page=-1")]
    [InlineData("page=1.5")]
    [InlineData("page=99999999999999999999")]
    [InlineData("pageSize=0")]
    [InlineData("pageSize=1001")]
    [InlineData("search=%00")]
    public async Task Page_that_cannot_be_is_400(string query)
    {
        using var answer = await running.Service.GetAsync($"/v3/audit?{query}", running.Platform.ReadOwnerToken());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Nobody_else_reads_it()
    {
        using var nobody = await running.Service.GetAsync("/v3/audit");
        using var reader = await running.Service.GetAsync("/v3/audit", await DemoTokenAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, reader.StatusCode);
        Assert.Equal("You don't have permissions to manage this resource", (await reader.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    private async Task<string> DemoTokenAsync()
    {
        using var answer = await running.Service.GetAsync("/demo/config.json");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accessToken").GetString()!;
    }

    private async Task<Actor> OwnerAsync() => new(
        await running.Platform.AskAsync<Guid>("SELECT id FROM platform.accounts"), ActorKind.Owner, Guid.NewGuid(), "owner", SeesAll: true, "192.0.2.7");

    private async Task<Page<AuditEntry>> ListAsync(string search)
    {
        Assert.Null(PageRequest.TryRead(new QueryCollection(new Dictionary<string, StringValues> { ["search"] = search }), 10, out var page));
        return await running.Service.Get<AuditLog>().ListAsync((await OwnerAsync()).AccountId, page, _never);
    }

    private static async Task<IEnumerable<string?>> ActionsAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(line => line.GetProperty("action").GetString());

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
