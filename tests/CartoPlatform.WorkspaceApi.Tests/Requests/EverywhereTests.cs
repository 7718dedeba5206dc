using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.Requests;

/// <summary>What a stranger could send to any route: no 500, no page of an error, and nothing done for another site's page.</summary>
public sealed class EverywhereTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    // They answer those who have no session yet, or prove themselves otherwise; a page of another site is refused all the same.
    private static readonly string[] WithoutProof = ["/sign-in", "/v3/accounts/sign-in", "/v3/accounts/sign-out", "/v3/maps/public/{id}", "/oauth/token", "/oauth/revoke", "/oauth/userinfo"];

    private const int Large = 64 * 1_024;

    // Each by a reader of its own.
    private static readonly string[] ThatReadThem = ["/v3/tokens", "/v3/maps", "/oauth/token", "/v3/accounts/sign-in"];

    private static readonly HttpClient Client = new();

    private static readonly byte[][] Bodies =
    [
        [], "null"u8.ToArray(), "[]"u8.ToArray(), "0"u8.ToArray(), "\"x\""u8.ToArray(), "{"u8.ToArray(), "{}x"u8.ToArray(), "{}{}"u8.ToArray(), "\u00ff{}"u8.ToArray(), [0xef, 0xbb, 0xbf, (byte)'{', (byte)'}'],
        [(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [.. "{\"name\":\""u8, 0xc3, 0x28, .. "\"}"u8],
        """{"name":"a","name":"b"}"""u8.ToArray(), """{"na\u006de":"a","name":"b"}"""u8.ToArray(), """{"\ud800":1,"name":"\udc00"}"""u8.ToArray(), """{"name":1e999999,"title":-1e400}"""u8.ToArray(),
        """{"__proto__":{"role":"Superadmin"},"constructor":{}}"""u8.ToArray(),
        Encoding.ASCII.GetBytes(new string('[', 100_000)), Encoding.ASCII.GetBytes($"{{\"a\":{new string('[', 5_000)}{new string(']', 5_000)}}}"),
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000)),
        Encoding.ASCII.GetBytes($"{{\"name\":\"{new string('a', 1_100_000)}\"}}"),
    ];

    // For the routes that share a reader with one of those.
    private static readonly byte[][] Few = [[], "[]"u8.ToArray(), "{"u8.ToArray(), [(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}'], """{"\ud800":1,"name":"\udc00"}"""u8.ToArray()];

    private static readonly string[] Members =
    [
        "name", "grants", "allowed_apis", "referers", "expiration_date", "login", "limits", "role", "email", "password", "isActive", "kind", "scopes", "redirect_uris", "logout_uris", "origins",
        "provider", "config", "port", "writer", "replicas", "logins", "named_sources_only", "max_connections", "source", "current", "new",
        "title", "description", "tags", "datasets", "keplerMapConfig", "privacy", "sharingScope", "groups", "id", "type", "connectionName", "queryParameters", "columns", "grant_type", "client_id", "code", "token",
    ];

    private static readonly string[] Values =
    [
        "null", "0", "-1", "1e400", "99999999999999999999", "true", "\"\"", "\"x\"", "\"\\u0000\"", "{}", "[]", "[null]", "[[]]", "[{}]", "{\"a\":null}", "[\"\\ud800\"]", "{\"credentials\":[]}",
    ];

    private static readonly string[] Pages =
    [
        "page=0", "page=-1", "page=99999999999999999999", "page=1e3", "page=1&page=2", "page=%00", "page[]=1", "pageSize=0", "pageSize=1000000000", "page_size=-5", "pageSize=5&page_size=-5",
        "page=1000000&pageSize=1000", "search=%00", "search=%FF", "search=%25_%5C", "order_by=title;DROP", "order_direction=SIDEWAYS", "privacy=everything", "tags=[1", "tags=[null]", "tags={}",
        "from=9999999", "to=0001-01-01", "month=2026-13", "month=99999-01", "status=999", "token=x", "tag=:", "caller=nobody", "targetConnectionId=x",
    ];

    private static readonly string[] Segments =
    [
        "..", ".", "%2e%2e", "%2e%2e%2f%2e%2e", "%2f", "a%2fb", "a%5cb", "%00", "%0d%0aSet-Cookie:%20x=y", "%ff%fe", "%E2%80%AE", "%F0%9F%97%BE", "%EF%BC%8E%EF%BC%8E", "'%20OR%20'1'='1", ";x=y", "*", "public",
        "00000000-0000-0000-0000-000000000000", "{2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21}", "2F1C7F0E6D0B4C559A3E0C1B8A7D4E21", "\ud83d\ude00", new('a', 5_000),
    ];

    [Fact]
    public async Task Page_of_another_site_changes_nothing_with_its_visitors_cookie()
    {
        var email = UserSteps.NewEmail();
        await running.CreateUserAsync(email, "Superadmin");
        var (cookie, _) = await running.Service.SignInAsync(email);
        var routes = Routes.ThatChange(running).ToList();
        Assert.InRange(routes.Count, 35, 200);
        var before = await StateAsync();

        foreach (var (method, path) in routes)
        {
            foreach (var origin in (string[])["https://evil.example", "null", ""])
            {
                // They may be right as they are, and end what the others are tried with.
                if (origin.Length == 0 && WithoutProof.Contains(path)) continue;
                var status = await running.Service.WithCookieAsync(new HttpMethod(method), Routes.Fill(path, Routes.Usual), cookie, "{}", origin).StatusAsync();
                Assert.True(status == HttpStatusCode.Forbidden, $"{method} {path} from '{origin}': {status}");
            }
        }

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Body_of_any_kind_is_read_or_refused()
    {
        foreach (var (method, path) in Routes.ThatChange(running))
        {
            foreach (var body in ThatReadThem.Contains(path) ? Bodies : Few) await AssertAnsweredAsync(method, Routes.Fill(path, Routes.Usual), body);
        }
    }

    [Fact]
    public async Task Member_of_any_type_is_read_or_refused()
    {
        foreach (var (method, path) in Routes.ThatChange(running).Where(route => route.Method != "DELETE"))
        {
            for (var turn = 0; turn < Values.Length; turn += 4)
            {
                var all = string.Join(",", Members.Select((member, place) => $"\"{member}\":{Values[(place + turn) % Values.Length]}"));
                await AssertAnsweredAsync(method, Routes.Fill(path, Routes.Usual), Encoding.UTF8.GetBytes($"{{{all}}}"));
            }
        }
    }

    [Fact]
    public async Task Thing_that_is_there_survives_changes_of_any_type()
    {
        (string Path, string[] Members)[] things =
        [
            ($"/v3/tokens/{await MadeAsync("/v3/tokens", """{"grants":[{"connection_name":"carto_dw"}]}""", "id")}", ["name", "grants", "allowed_apis", "referers", "limits"]),
            ($"/v3/named-sources/{await MadeAsync("/v3/named-sources", """{"name":"changed-much","source":"SELECT 1"}""", "name")}", ["source"]),
            ($"/v3/users/{await MadeAsync("/v3/users", $"{{\"email\":\"{UserSteps.NewEmail()}\"}}", "id")}", ["role", "name", "isActive", "password"]),
            ($"/v3/oauth-clients/{await MadeAsync("/v3/oauth-clients", """{"name":"x"}""", "client_id")}", ["name", "role", "scopes", "grants", "allowed_apis", "redirect_uris", "origins", "login"]),
            ($"/v3/maps/{await MadeAsync("/v3/maps", "{}", "id")}", ["title", "description", "tags", "datasets", "keplerMapConfig", "privacy", "groups", "password", "anything"]),
            ("/v3/connections/other", ["config", "host", "port", "writer", "replicas", "logins", "named_sources_only", "max_connections"]),
        ];
        foreach (var (path, members) in things)
        {
            foreach (var member in members)
            {
                foreach (var value in (string[])["null", "1e400", "\"x\"", "\"\\u0000\"", "{}", "[null]"]) await AssertAnsweredAsync("PATCH", path, Encoding.UTF8.GetBytes($"{{\"{member}\":{value}}}"));
            }

            Assert.Equal(HttpStatusCode.OK, (await running.Service.SendAsync(HttpMethod.Get, path, running.Platform.ReadOwnerToken())).Status);
        }
    }

    [Fact]
    public async Task Page_of_any_number_is_read_or_refused()
    {
        foreach (var (_, path) in Routes.Of(running).Where(route => route.Method == "GET"))
        {
            foreach (var page in Pages) await AssertAnsweredAsync("GET", $"{Routes.Fill(path, Routes.Usual)}?{page}", null);
        }
    }

    [Fact]
    public async Task Name_of_any_letters_in_a_path_is_a_name_or_none()
    {
        foreach (var (method, path) in Routes.Of(running).Where(route => route.Path.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var segment in method == "GET" ? Segments : ["..", "%2f", "%00", new string('a', 5_000)]) await AssertAnsweredAsync(method, Routes.Fill(path, _ => segment), method is "GET" or "HEAD" ? null : "{}"u8.ToArray());
        }
    }

    /// <summary>Errors are JSON with a text, whatever was asked.</summary>
    private async Task AssertAnsweredAsync(string method, string path, byte[]? body)
    {
        // As it is written, dots and all.
        var url = new Uri($"{running.Service.PublicUrl.GetLeftPart(UriPartial.Authority)}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        request.Headers.Authorization = new("Bearer", running.Platform.ReadOwnerToken());
        if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        // A body that is not read whole ends the connection.
        request.Headers.ConnectionClose = body?.Length > Large;
        using var answer = await Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var sent = body is null ? "" : Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200)));
        Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError || answer.StatusCode == HttpStatusCode.NotImplemented, $"{method} {path} {sent}: {answer.StatusCode} {text}");
        Assert.False(answer.Headers.Contains("Set-Cookie") && !path.StartsWith("/v3/accounts/sign-out", StringComparison.Ordinal), path);
        if (answer.StatusCode < HttpStatusCode.BadRequest || method == "HEAD" || path.StartsWith("/sign-in", StringComparison.Ordinal)) return;
        using var error = JsonDocument.Parse(text);
        Assert.Equal(JsonValueKind.String, error.RootElement.GetProperty("error").ValueKind);
    }

    private async Task<string> MadeAsync(string path, string json, string id)
    {
        var (status, made) = await running.Service.SendAsync(HttpMethod.Post, path, running.Platform.ReadOwnerToken(), json);
        Assert.True(status == HttpStatusCode.OK, made.ToString());
        return made.Text(id)!;
    }

    private Task<string> StateAsync() => running.Platform.AskAsync<string>("""
        SELECT concat_ws(' ', (SELECT count(*) FROM platform.tokens), (SELECT count(*) FROM platform.maps), (SELECT count(*) FROM platform.users), (SELECT count(*) FROM platform.groups),
            (SELECT count(*) FROM platform.connections), (SELECT count(*) FROM platform.oauth_clients), (SELECT count(*) FROM platform.oauth_keys), (SELECT count(*) FROM platform.audit))
        """);
}
