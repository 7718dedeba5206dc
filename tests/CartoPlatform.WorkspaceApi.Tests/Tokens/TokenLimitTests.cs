using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Tests.Tokens;

public sealed class TokenLimitTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Grants = "\"grants\":[{\"connection_name\":\"carto_dw\"}]";

    [Fact]
    public async Task Limits_of_a_token_are_told_kept_changed_and_taken_away()
    {
        var (status, made) = await SendAsync(HttpMethod.Post, "/v3/tokens", $$"""{{{Grants}},"limits":{"requests_per_minute":600,"burst":"50","concurrent_queries":4,"bytes_per_month":5000000000} }""");
        var path = $"/v3/tokens/{made.GetProperty("id").GetString()}";

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"requests_per_minute":600,"burst":50,"concurrent_queries":4,"requests_per_month":null,"bytes_per_month":5000000000}""", made.GetProperty("limits").GetRawText());
        var record = await running.Service.Get<IWorkspaceDirectory>().FindTokenAsync(made.GetProperty("id").GetGuid(), CancellationToken.None);
        Assert.Equal((600, 50, 4, 5_000_000_000), (record!.Limits!.RequestsPerMinute, record.Limits.Burst, record.Limits.ConcurrentQueries, record.Limits.BytesPerMonth));

        var (_, renamed) = await SendAsync(HttpMethod.Patch, path, """{"name":"other"}""");
        Assert.Equal(600, renamed.GetProperty("limits").GetProperty("requests_per_minute").GetInt32());
        var (_, changed) = await SendAsync(HttpMethod.Patch, path, """{"limits":{"requests_per_minute":10}}""");
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("limits").GetProperty("burst").ValueKind);
        var (_, free) = await SendAsync(HttpMethod.Patch, path, """{"limits":null}""");
        Assert.False(free.TryGetProperty("limits", out _));
    }

    [Theory]
    [InlineData("""{"requests_per_minute":0}""")]
    [InlineData("""{"requests_per_minute":-1}""")]
    [InlineData("""{"requests_per_minute":1.5}""")]
    [InlineData("""{"requests_per_minute":99999999999999999999}""")]
    [InlineData("""{"burst":5}""")]
    [InlineData("""{"concurrent_queries":"many"}""")]
    [InlineData("""[]""")]
    [InlineData("""7""")]
    public async Task What_is_no_limit_is_refused(string limits)
    {
        var (status, answer) = await SendAsync(HttpMethod.Post, "/v3/tokens", $$"""{{{Grants}},"limits":{{limits}} }""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotEmpty(answer.GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("Editor", HttpStatusCode.Forbidden)]
    [InlineData("Admin", HttpStatusCode.OK)]
    public async Task Who_makes_tokens_does_not_say_how_much_they_may(string role, HttpStatusCode expected)
    {
        var email = UserSteps.NewEmail();
        await running.CreateUserAsync(email, role);
        var (cookie, _) = await running.Service.SignInAsync(email);

        Assert.Equal(expected, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/tokens", cookie, $$"""{{{Grants}},"limits":{"requests_per_minute":5} }""").StatusAsync());
        Assert.Equal(HttpStatusCode.OK, await running.Service.WithCookieAsync(HttpMethod.Post, "/v3/tokens", cookie, $$"""{{{Grants}} }""").StatusAsync());
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string body) =>
        running.Service.SendAsync(method, path, running.Platform.ReadOwnerToken(), body);
}
