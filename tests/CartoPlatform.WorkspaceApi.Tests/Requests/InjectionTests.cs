using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Requests;

/// <summary>Every text that administration takes: it is kept letter by letter, or refused, and never more than a text.</summary>
public sealed class InjectionTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private static readonly string[] Payloads =
    [
        "'; DROP SCHEMA platform CASCADE; --", "\"; DROP SCHEMA platform CASCADE; --", "') OR ('1'='1", "$$; DROP SCHEMA platform CASCADE; $$", "\\'; SELECT pg_sleep(10); --",
        "@id; DELETE FROM platform.tokens", "%' OR '%'='", "{{7*7}}${7*7}", "<script>alert(1)</script>", "../../etc/passwd", "a\r\nSet-Cookie: x=y", "\u202e\ufeff\u0000", "’ʼ＇; --", new string('\'', 200),
    ];

    private static readonly (string Path, string Json)[] Bodies =
    [
        ("/v3/tokens", """{"name":"TEXT","grants":[{"connection_name":"carto_dw","source":"demo.x"}]}"""),
        ("/v3/tokens", """{"grants":[{"connection_name":"carto_dw","source":"TEXT"}]}"""),
        ("/v3/tokens", """{"grants":[{"connection_name":"TEXT"}]}"""),
        ("/v3/tokens", """{"grants":[{"connection_name":"carto_dw"}],"referers":["TEXT"]}"""),
        ("/v3/tokens", """{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":["TEXT"]}"""),
        ("/v3/tokens", """{"grants":[{"connection_name":"carto_dw"}],"expiration_date":"TEXT"}"""),
        ("/v3/tokens", """{"grants":[{"connection_name":"carto_dw"}],"login":"TEXT"}"""),
        ("/v3/named-sources", """{"name":"TEXT","source":"SELECT 1"}"""),
        ("/v3/oauth-clients", """{"name":"TEXT"}"""),
        ("/v3/oauth-clients", """{"name":"x","role":"TEXT"}"""),
        ("/v3/oauth-clients", """{"name":"x","scopes":["TEXT"]}"""),
        ("/v3/oauth-clients", """{"name":"x","login":"TEXT"}"""),
        ("/v3/oauth-clients", """{"name":"x","kind":"spa","redirect_uris":["TEXT"]}"""),
        ("/v3/oauth-clients", """{"name":"x","kind":"spa","redirect_uris":["https://a.example/?TEXT"]}"""),
        ("/v3/users", """{"email":"TEXT","role":"Viewer"}"""),
        ("/v3/users", """{"email":"a@b.example","role":"Viewer","name":"TEXT"}"""),
        ("/v3/groups", """{"name":"TEXT"}"""),
        ("/v3/maps", """{"title":"TEXT"}"""),
        ("/v3/maps", """{"title":"x","description":"TEXT","tags":["TEXT"],"keplerMapConfig":{"x":"TEXT"}}"""),
        ("/v3/connections/test", """{"provider":"postgres","config":{"host":"TEXT","database":"d","username":"u","password":"p"}}"""),
        ("/v3/accounts/sign-in", """{"email":"TEXT","password":"TEXT"}"""),
        ("/oauth/token", """{"grant_type":"client_credentials","client_id":"TEXT","client_secret":"TEXT","scope":"TEXT"}"""),
        ("/oauth/token", """{"grant_type":"TEXT","client_id":"x"}"""),
    ];

    private static readonly string[] Paths =
    [
        "/v3/tokens?search=TEXT", "/v3/tokens/TEXT", "/v3/named-sources?search=TEXT", "/v3/named-sources/TEXT", "/v3/oauth-clients?search=TEXT", "/v3/oauth-clients/TEXT",
        "/v3/users?search=TEXT", "/v3/audit?search=TEXT", "/v3/organization-maps?search=TEXT", "/v3/organization-maps?order_by=TEXT", "/v3/organization-maps?privacy=TEXT",
        "/v3/organization-maps?tags=TEXT", "/v3/maps/public/TEXT", "/v3/connections/TEXT", "/v3/connections/TEXT/resources", "/v3/tokens?page=TEXT", "/v3/tokens?page_size=TEXT",
        "/oauth/authorize?client_id=TEXT&redirect_uri=TEXT", "/oauth/logout?id_token_hint=TEXT", "/sign-in?returnTo=TEXT",
    ];

    [Fact]
    public async Task Text_in_a_body_is_a_text()
    {
        foreach (var (path, json) in Bodies)
        {
            foreach (var payload in Payloads)
            {
                var body = json.Replace("\"TEXT\"", JsonSerializer.Serialize(payload), StringComparison.Ordinal).Replace("TEXT", JsonSerializer.Serialize(payload)[1..^1], StringComparison.Ordinal);
                var (status, answer) = await running.Service.SendAsync(HttpMethod.Post, path, running.Platform.ReadOwnerToken(), body);

                Assert.True(status < HttpStatusCode.InternalServerError, $"{path} {body}: {status} {answer}");
            }
        }

        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task Text_in_an_address_is_a_text()
    {
        foreach (var path in Paths)
        {
            foreach (var payload in Payloads)
            {
                var url = path.Replace("TEXT", Uri.EscapeDataString(payload), StringComparison.Ordinal);
                using var answer = await running.Service.GetAsync(url, running.Platform.ReadOwnerToken());

                Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{url}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                Assert.False(answer.Headers.Contains("Set-Cookie"), url);
            }
        }

        await AssertUnharmedAsync();
    }

    [Fact]
    public async Task What_was_written_comes_back_letter_by_letter()
    {
        foreach (var payload in Payloads.Where(payload => !payload.Contains('\0', StringComparison.Ordinal)).Select(payload => payload[..Math.Min(150, payload.Length)] + Guid.NewGuid()))
        {
            var (status, group) = await running.Service.SendAsync(HttpMethod.Post, "/v3/groups", running.Platform.ReadOwnerToken(), new { name = payload });

            Assert.Equal((HttpStatusCode.OK, payload), (status, status == HttpStatusCode.OK ? group.GetProperty("name").GetString() : group.ToString()));
            await running.Service.SendAsync(HttpMethod.Delete, $"/v3/groups/{group.GetProperty("id").GetString()}", running.Platform.ReadOwnerToken());
        }
    }

    private async Task AssertUnharmedAsync()
    {
        Assert.Equal(HttpStatusCode.OK, (await running.Service.SendAsync(HttpMethod.Get, "/v3/tokens", running.Platform.ReadOwnerToken())).Status);
        Assert.True(await running.Platform.AskAsync<bool>("SELECT to_regclass('platform.tokens') IS NOT NULL AND EXISTS (SELECT FROM platform.tokens)"));
    }
}
