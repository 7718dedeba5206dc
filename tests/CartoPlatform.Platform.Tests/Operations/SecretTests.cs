using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Operations;

/// <summary>Secrets that nothing else is called go the ways that secrets go, right and wrong ones; then every place is looked through that somebody else may read.</summary>
[Collection(SharedPlatform.Name)]
public sealed class SecretTests(PlatformFixture platforms)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly List<string> _secrets = [];
    private readonly List<(string Where, string Text)> _seen = [];

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task No_secret_is_in_a_log_an_answer_the_audit_or_the_activity(string topology)
    {
        var status = await platforms.GetAsync(topology);
        using var owner = TestPlatform.CreateClient(status);
        using var nobody = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = owner.BaseAddress };
        Hide(status.Token);
        var token = await CreateTokenAsync(owner);

        await UseTokenAsync(nobody, owner, token, status.Connection);
        await SignInAsync(nobody, owner);
        await AskAsMachineAsync(nobody, owner);
        await ConnectAsync(owner);
        await OpenMapAsync(nobody, owner);
        await RevokeAsync(owner, nobody, token);

        // The last call that was made stands in the activity: all before it do, too.
        await nobody.GetAsync($"/v3/sql/{status.Connection}/query?q=SELECT+1&client=end-{_mark}");
        await Wait.UntilAsync("the activity is written", async () => (await owner.GetStringAsync(new Uri($"/v3/activity?client=end-{_mark}", UriKind.Relative))).Contains("end-", StringComparison.Ordinal), Limit);
        _seen.Add(("activity", await owner.GetStringAsync(new Uri("/v3/activity", UriKind.Relative))));
        _seen.Add(("usage", await owner.GetStringAsync(new Uri("/v3/usage", UriKind.Relative))));
        _seen.Add(("audit", await owner.GetStringAsync(new Uri("/v3/audit?pageSize=1000", UriKind.Relative))));
        await ReadMetadataAsync(status);
        // Those of the services, and the database's.
        foreach (var file in Directory.EnumerateFiles(status.DataDir, "*.log", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }))
            _seen.Add((file, await ReadAsync(file)));

        Assert.True(_seen.Count > 40 && _seen.Count(place => place.Where.EndsWith(".log", StringComparison.Ordinal)) >= 2, $"{_seen.Count} places");
        foreach (var (where, text) in _seen)
        {
            foreach (var secret in _secrets)
            {
                var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret));
                Assert.False(text.Contains(secret, StringComparison.Ordinal) || text.Contains(hex, StringComparison.OrdinalIgnoreCase), $"{secret[..6]}… is in {where}");
            }
        }
    }

    private async Task<string> CreateTokenAsync(HttpClient owner)
    {
        using var made = await owner.PostAsync("/v3/tokens", Json("""{"name":"secretive","grants":[{"connection_name":"carto_dw","source":"demo.airports"}],"allowed_apis":["sql","maps"]}"""));
        var token = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
        Hide(token);
        return token;
    }

    private async Task UseTokenAsync(HttpClient nobody, HttpClient owner, string token, string connection)
    {
        var forged = token[..^8] + _mark[..8];
        Hide(forged);
        foreach (var text in (string[])[token, forged])
        {
            foreach (var path in (string[])
            [
                $"/v3/maps/{connection}/table?name=demo.airports", $"/v3/maps/{connection}/table?name=demo.airports&format=tilejson",
                $"/v3/maps/{connection}/table/0/0/0?name=demo.airports&formatTiles=mvt", $"/v3/maps/{connection}/table?name=demo.countries",
                $"/v3/sql/{connection}/query?q=SELECT+1", $"/v3/sql/{connection}/model/formula?type=table&source=demo.airports&params=%7B%22operation%22%3A%22count%22%2C%22column%22%3A%22*%22%7D",
                $"/v3/stats/{connection}/demo.airports/nothing", "/v3/tokens", "/v3/nowhere", "/v3/imports", $"/v3/tokens/{text}",
            ])
            {
                var question = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
                await SendAsync(nobody, HttpMethod.Get, $"{path}{question}access_token={text}");
                await SendAsync(nobody, HttpMethod.Get, path, headers: ("Authorization", $"Bearer {text}"));
            }

            await SendAsync(nobody, HttpMethod.Get, $"/v3/sql/{connection}/query?q=SELECT+1", headers: ("Cookie", $"carto_session={text}"));
            await SendAsync(nobody, HttpMethod.Post, $"/v3/sql/{connection}/job", """{"query":"SELECT 1"}""", ("Authorization", $"Bearer {text}"));
            await SendAsync(nobody, HttpMethod.Post, $"/v3/sql/{connection}/query", "{not json", ("Authorization", $"Bearer {text}"));
        }

        await SendAsync(owner, HttpMethod.Get, $"/v3/tokens/{token}");
        await SendAsync(owner, HttpMethod.Patch, $"/v3/tokens/{forged}", """{"name":"x"}""");
    }

    private async Task SignInAsync(HttpClient nobody, HttpClient owner)
    {
        var (email, password, wrong) = ($"{_mark}@example.org", Hide($"right-{Guid.NewGuid():N}"), Hide($"wrong-{Guid.NewGuid():N}"));
        await SendAsync(owner, HttpMethod.Post, "/v3/users", $$"""{"email":"{{email}}","role":"Editor","password":"{{password}}"}""");
        await SendAsync(nobody, HttpMethod.Post, "/v3/accounts/sign-in", $$"""{"email":"{{email}}","password":"{{wrong}}"}""");
        await SendAsync(nobody, HttpMethod.Post, "/v3/accounts/sign-in", $$"""{"email":7,"password":"{{wrong}}"}""");
        using var signedIn = await nobody.PostAsync("/v3/accounts/sign-in", Json($$"""{"email":"{{email}}","password":"{{password}}"}"""));
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Hide(cookie["carto_session=".Length..]);
        await SendAsync(nobody, HttpMethod.Get, "/v3/accounts/users/me", headers: ("Cookie", cookie));
        await SendAsync(nobody, HttpMethod.Get, "/v3/tokens", headers: ("Cookie", cookie));
    }

    private async Task AskAsMachineAsync(HttpClient nobody, HttpClient owner)
    {
        using var made = await owner.PostAsync("/v3/oauth-clients", Json($$"""{"name":"m{{_mark}}","grants":[{"connection_name":"carto_dw","source":"demo.airports"}]}"""));
        var client = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement;
        var (id, secret) = (client.GetProperty("client_id").GetString()!, Hide(client.GetProperty("client_secret").GetString()!));
        foreach (var tried in (string[])[secret, Hide($"guess-{Guid.NewGuid():N}")])
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials"), KeyValuePair.Create("client_id", id), KeyValuePair.Create("client_secret", tried)]);
            using var issued = await nobody.PostAsync("/oauth/token", form);
            var text = await issued.Content.ReadAsStringAsync();
            if (issued.IsSuccessStatusCode) Hide(JsonDocument.Parse(text).RootElement.GetProperty("access_token").GetString()!);
            else _seen.Add(("a refused secret", text));
            await SendAsync(nobody, HttpMethod.Get, $"/oauth/token?client_id={id}&client_secret={tried}");
            await SendAsync(nobody, HttpMethod.Post, "/oauth/token", $$"""{"grant_type":"nothing","client_id":"{{id}}","client_secret":"{{tried}}"}""");
        }

        await SendAsync(owner, HttpMethod.Get, $"/v3/oauth-clients/{id}");
        await SendAsync(owner, HttpMethod.Get, "/v3/oauth-clients");
    }

    private async Task ConnectAsync(HttpClient owner)
    {
        foreach (var config in (string[])
        [
            $$"""{"host":"127.0.0.1","port":1,"database":"d","username":"u","password":"{{Hide($"closed-{Guid.NewGuid():N}")}}"}""",
            $$"""{"host":"no.such.host.invalid","database":"d","username":"u","password":"{{Hide($"lost-{Guid.NewGuid():N}")}}"}""",
            $$"""{"host":"127.0.0.1","port":"x","database":"d","username":"u","password":"{{Hide($"odd-{Guid.NewGuid():N}")}};Host=elsewhere"}""",
        ])
        {
            await SendAsync(owner, HttpMethod.Post, "/v3/connections", $$"""{"name":"c{{_mark[..10]}}","provider":"postgres","config":{{config}}}""");
            await SendAsync(owner, HttpMethod.Post, "/v3/connections/test", $$"""{"name":"c{{_mark[..10]}}","provider":"postgres","config":{{config}}}""");
        }

        await SendAsync(owner, HttpMethod.Get, "/v3/connections");
        await SendAsync(owner, HttpMethod.Get, "/v3/connections/carto_dw");
        await SendAsync(owner, HttpMethod.Get, "/health/ready");
    }

    private async Task OpenMapAsync(HttpClient nobody, HttpClient owner)
    {
        var (password, wrong) = (Hide($"sesame-{Guid.NewGuid():N}"), Hide($"salami-{Guid.NewGuid():N}"));
        // Its maker may see its token.
        using var made = await owner.PostAsync("/v3/maps", Json($$"""{"title":"secret","privacy":"password","password":"{{password}}","datasets":[]}"""));
        var path = $"/v3/maps/public/{JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()}";
        await SendAsync(nobody, HttpMethod.Get, path);
        await SendAsync(nobody, HttpMethod.Get, path, headers: ("X-Map-Password", wrong));
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Map-Password", password } } };
        using var opened = await nobody.SendAsync(request);
        // The map's own token is for those who see the map, and for no log.
        Hide(JsonDocument.Parse(await opened.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!);
    }

    private async Task RevokeAsync(HttpClient owner, HttpClient nobody, string token)
    {
        await SendAsync(owner, HttpMethod.Delete, $"/v3/tokens/{token}");
        await SendAsync(nobody, HttpMethod.Get, "/v3/sql/carto_dw/query?q=SELECT+1", headers: ("Authorization", $"Bearer {token}"));
    }

    private async Task<string> SendAsync(HttpClient client, HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : Json(json) };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await client.SendAsync(request);
        var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
        // The path comes back in "There is nothing at …", to who has sent it.
        _seen.Add(($"{(int)answer.StatusCode} of {method} {path.Split('?')[0]}", $"{answer.Headers}{answer.Content.Headers}{text}"));
        return text;
    }

    private async Task ReadMetadataAsync(PlatformStatus status)
    {
        await using var metadata = MetadataAccess.Open(status);
        var tables = await metadata.ScalarAsync<string[]>("SELECT array_agg(relname::text) FROM pg_class WHERE relnamespace = 'platform'::regnamespace AND relkind IN ('r', 'p')");
        foreach (var table in tables) _seen.Add((table, await metadata.ScalarAsync<string>($"SELECT coalesce(string_agg(t::text, ' '), '') FROM platform.\"{table}\" t")));
    }

    /// <summary>A text that must be nowhere; of a signed token its signature, which is what nobody else can make.</summary>
    private string Hide(string secret)
    {
        _secrets.Add(secret.Split('.')[^1]);
        return secret;
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    // It is being written to.
    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
