using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
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
