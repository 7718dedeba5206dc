using System.Net;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;

namespace CartoPlatform.WorkspaceApi.Tests.Requests;

public sealed class HeadTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Theory]
    [InlineData("/v3/tokens")]
    [InlineData("/v3/connections")]
    [InlineData("/v3/connections/carto_dw")]
    [InlineData("/v3/connections/carto_dw/resources")]
    [InlineData("/v3/named-sources")]
    [InlineData("/v3/named-sources/no-such-name")]
    [InlineData("/v3/maps")]
    [InlineData("/v3/organization-maps")]
    [InlineData("/v3/users")]
    [InlineData("/v3/groups")]
    [InlineData("/v3/oauth-clients")]
    [InlineData("/v3/audit")]
    [InlineData("/v3/activity")]
    [InlineData("/v3/usage")]
    [InlineData("/v3/accounts/users/me")]
    [InlineData("/sign-in")]
    [InlineData("/config.yaml")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task Head_answers_as_get_without_a_body(string path)
    {
        foreach (var token in (string?[])[running.Platform.ReadOwnerToken(), null])
        {
            using var whole = await running.Service.CallAsync(HttpMethod.Get, path, token);
            using var head = await running.Service.CallAsync(HttpMethod.Head, path, token);

            Assert.NotEqual(HttpStatusCode.MethodNotAllowed, head.StatusCode);
            Assert.Equal((whole.StatusCode, whole.Content.Headers.ContentType, whole.Headers.CacheControl), (head.StatusCode, head.Content.Headers.ContentType, head.Headers.CacheControl));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task What_only_changes_takes_no_head()
    {
        foreach (var path in (string[])["/oauth/token", "/v3/accounts/sign-in", "/v3/keys/rotate"])
        {
            using var head = await running.Service.CallAsync(HttpMethod.Head, path, running.Platform.ReadOwnerToken());
            Assert.Equal(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        }
    }
}
