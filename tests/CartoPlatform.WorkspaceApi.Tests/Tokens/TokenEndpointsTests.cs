using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Tests.Tokens;

public sealed class TokenEndpointsTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private static readonly object Stores = new { grants = new[] { new { connection_name = "carto_dw", source = "demo.stores" } } };

    private string Owner => running.Platform.ReadOwnerToken();

    [Fact]
    public async Task New_token_is_told_once_with_what_it_may()
    {
        var (status, made) = await PostAsync("""
            {"name":"shop","grants":[{"connection_name":"carto_dw","source":"demo.stores"},{"connection_name":"other"}],
             "referers":["https://app.example.org"],"allowed_apis":["sql","maps"],"expiration_date":"2090-01-31T00:00:00Z"}
            """);
        var id = made.GetProperty("id").GetString();
        var (_, told) = await GetAsync($"/v3/tokens/{id}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3, made.GetProperty("token").GetString()!.Split('.').Length);
        Assert.Equal(
            """[{"connection_name":"carto_dw","source":"demo.stores"},{"connection_name":"other","source":"*"}]""",
            made.GetProperty("grants").GetRawText());
        Assert.Equal("""["https://app.example.org"]""", made.GetProperty("referers").GetRawText());
        Assert.Equal("""["sql","maps"]""", made.GetProperty("allowed_apis").GetRawText());
        Assert.Equal(new DateTimeOffset(2090, 1, 31, 0, 0, 0, TimeSpan.Zero), made.GetProperty("expiration_date").GetDateTimeOffset());
        Assert.False(told.TryGetProperty("token", out _));
        Assert.Equal(made.GetProperty("grants").GetRawText(), told.GetProperty("grants").GetRawText());
    }

    [Fact]
    public async Task Text_of_a_token_is_kept_nowhere()
    {
        var (_, made) = await PostAsync(Stores);
        var text = made.GetProperty("token").GetString()!;
        var row = await running.Platform.AskAsync<string>($"SELECT tokens::text FROM platform.tokens WHERE id = '{made.GetProperty("id").GetString()}'");
        var audit = await running.Platform.AskAsync<string>("SELECT string_agg(audit::text, ' ') FROM platform.audit");

        Assert.All(text.Split('.'), part => Assert.DoesNotContain(part, row + audit, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_that_was_made_is_known_at_once_and_one_that_was_revoked_never_again()
    {
        var (_, made) = await PostAsync(Stores);
        var text = made.GetProperty("token").GetString()!;
        var (before, connections) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text);

        var (revoked, _) = await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{made.GetProperty("id").GetString()}", Owner);
        var (after, error) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text);
        var (again, _) = await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{made.GetProperty("id").GetString()}", Owner);

        Assert.Equal((HttpStatusCode.OK, 1), (before, connections.GetArrayLength()));
        Assert.Equal(HttpStatusCode.NoContent, revoked);
        Assert.Equal((HttpStatusCode.Unauthorized, "Invalid token"), (after, error.GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, again);
    }

    [Fact]
    public async Task Path_may_name_it_by_its_text()
    {
        var (_, made) = await PostAsync(Stores);
        var text = made.GetProperty("token").GetString()!;

        var (found, told) = await GetAsync($"/v3/tokens/{text}");
        var (revoked, _) = await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{text}", Owner);

        Assert.Equal((HttpStatusCode.OK, made.GetProperty("id").GetString()), (found, told.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.NoContent, revoked);
    }

    [Fact]
    public async Task Change_holds_in_the_next_request_and_leaves_the_rest()
    {
        var (_, made) = await PostAsync(Stores);
        var (text, id) = (made.GetProperty("token").GetString()!, made.GetProperty("id").GetString());
        await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text);

        var (status, changed) = await running.Service.SendAsync(HttpMethod.Patch, $"/v3/tokens/{id}", Owner, """{"referers":["https://app.example.org"]}""");
        var (refused, error) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(made.GetProperty("grants").GetRawText(), changed.GetProperty("grants").GetRawText());
        Assert.Equal((HttpStatusCode.Forbidden, "Unauthorized referer"), (refused, error.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Expiry_is_set_at_creation_only()
    {
        var (_, made) = await PostAsync(Stores);

        var (status, _) = await running.Service.SendAsync(
            HttpMethod.Patch, $"/v3/tokens/{made.GetProperty("id").GetString()}", Owner, new { expiration_date = "2090-01-01T00:00:00Z" });

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Expired_token_is_invalid_and_can_still_be_revoked()
    {
        var (_, made) = await PostAsync(new
        {
            grants = new[] { new { connection_name = "carto_dw" } },
            expiration_date = running.Platform.Time.GetUtcNow().AddMinutes(10).ToString("O"),
        });
        var text = made.GetProperty("token").GetString()!;
        var (before, _) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text);
        running.Platform.Time.Advance(TimeSpan.FromMinutes(11));

        var (after, _) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", text);
        var (revoked, _) = await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{text}", Owner);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (before, after, revoked));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"grants":null}""")]
    [InlineData("""{"grants":[]}""")]
    [InlineData("""{"grants":{}}""")]
    [InlineData("""{"grants":["carto_dw"]}""")]
    [InlineData("""{"grants":[{}]}""")]
    [InlineData("""{"grants":[{"connection_name":"nowhere"}]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw","source":""}]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw","source":7}]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw","source":"a\u0000b"}]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw","source":"\ud800"}]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"grants":[{"connection_name":"other"}]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":["admin"]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":[]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":"sql"}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"referers":["app.example.org"]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"referers":["javascript:alert(1)"]}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"referers":"https://app.example.org"}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"expiration_date":"2001-01-01T00:00:00Z"}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"expiration_date":"soon"}""")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"expiration_date":4102444800}""")]
    public async Task What_cannot_be_a_token_is_400_and_makes_none(string body)
    {
        var before = await running.Platform.AskAsync<long>("SELECT count(*) FROM platform.tokens");

        var (status, error) = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.False(string.IsNullOrEmpty(error.GetProperty("error").GetString()));
        Assert.Equal(before, await running.Platform.AskAsync<long>("SELECT count(*) FROM platform.tokens"));
    }

    [Theory]
    [InlineData("""{"grants":[{"connection_name":"carto_dw","sorce":"demo.airports"}],"allowedApis":["maps"]}""", "sorce")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw","source":"demo.airports"}],"allowedApis":["maps"]}""", "allowedApis")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"expirationDate":"2090-01-01T00:00:00Z"}""", "expirationDate")]
    [InlineData("""{"grants":[{"connection_name":"carto_dw"}],"limits":{"requestsPerMinute":5}}""", "requestsPerMinute")]
    public async Task Misspelt_member_is_400_and_told_for_a_token_without_it_would_do_more(string body, string member)
    {
        var (status, error) = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"no member {member} in", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo.air*")]
    [InlineData("*.*")]
    [InlineData("*.airports")]
    [InlineData("demo.*.airports")]
    [InlineData("a.b.c.d")]
    [InlineData("demo.\"air")]
    [InlineData("demo.my-table")]
    [InlineData("DELETE FROM demo.airports")]
    [InlineData("selected things")]
    [InlineData(";")]
    [InlineData("-- nothing")]
    public async Task Source_that_can_never_match_is_400(string source)
    {
        var (status, error) = await PostAsync(new { grants = new[] { new { connection_name = "carto_dw", source } } });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"{source} is not a table, pattern or query", error.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("""{"connection_name":"carto_dw","source":null}""")]
    [InlineData("""{"connection_name":"carto_dw","resource":null}""")]
    [InlineData("""{"connection_name":"carto_dw","source":null,"resource":null}""")]
    [InlineData("""{"connection_name":"carto_dw","source":"demo.airports","resource":null}""")]
    public async Task Source_that_is_null_is_not_the_whole_connection(string grant)
    {
        var (status, error) = await PostAsync($$"""{"grants":[{{grant}}]}""");

        Assert.True(status == HttpStatusCode.BadRequest, error.ToString());
        Assert.Contains("left out", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("demo.*")]
    [InlineData("carto_dw.demo.*")]
    [InlineData("airports")]
    [InlineData("Demo . \"Air ports\";")]
    [InlineData("carto_dw.demo.airports")]
    [InlineData("stores-by-type")]
    [InlineData("SELECT * FROM demo.airports WHERE id = $1;")]
    [InlineData("(SELECT 1) UNION (SELECT 2)")]
    [InlineData("-- of today\nwith a AS (VALUES (1)) SELECT * FROM a")]
    [InlineData("TABLE demo.airports")]
    [InlineData("SET work_mem = '1MB'; SELECT 1")]
    public async Task Source_that_can_match_is_taken(string source)
    {
        var (status, made) = await PostAsync(new { grants = new[] { new { connection_name = "carto_dw", source } } });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(source, made.GetProperty("grants")[0].GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("""{"login":null}""", "login can be set when a token is made, and not changed")]
    [InlineData("""{"expiration_date":null}""", "expiration_date can be set when a token is made, and not changed")]
    [InlineData("""{"grant":[]}""", "There is no member grant in the request body")]
    public async Task Change_that_is_none_is_400(string body, string expected)
    {
        var (_, made) = await PostAsync(Stores);

        var (status, error) = await running.Service.SendAsync(HttpMethod.Patch, $"/v3/tokens/{made.GetProperty("id").GetString()}", Owner, body);

        Assert.Equal((HttpStatusCode.BadRequest, expected), (status, error.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Body_without_end_is_413()
    {
        var (status, _) = await PostAsync($$"""{"name":"{{new string('x', 1_100_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }

    [Theory]
    [InlineData("'); DROP TABLE platform.tokens; --")]
    [InlineData("\"; SELECT pg_sleep(10); --")]
    [InlineData("$$||pg_read_file('/etc/passwd')||$$")]
    [InlineData("%s{0}\\x00")]
    public async Task Text_is_kept_as_it_is_and_runs_nowhere(string text)
    {
        var (status, made) = await PostAsync(new { name = text, grants = new[] { new { connection_name = "carto_dw", source = $"SELECT {text}" } } });
        var (_, told) = await GetAsync($"/v3/tokens/{made.GetProperty("id").GetString()}");
        var (found, list) = await GetAsync($"/v3/tokens?search={Uri.EscapeDataString(text)}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (status, found));
        Assert.Equal((text, $"SELECT {text}"), (told.GetProperty("name").GetString(), told.GetProperty("grants")[0].GetProperty("source").GetString()));
        Assert.Contains(list.EnumerateArray(), token => token.GetProperty("id").GetString() == made.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("not-a-token")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJqdGkiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAifQ.")]
    public async Task Unknown_token_is_404_to_everything(string token)
    {
        Assert.All(
            [
                (await GetAsync($"/v3/tokens/{token}")).Status,
                (await running.Service.SendAsync(HttpMethod.Patch, $"/v3/tokens/{token}", Owner, Stores)).Status,
                (await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{token}", Owner)).Status,
            ],
            status => Assert.Equal(HttpStatusCode.NotFound, status));
    }

    [Fact]
    public async Task Platforms_own_tokens_can_be_neither_seen_nor_revoked()
    {
        var own = await running.Platform.AskAsync<Guid>("SELECT id FROM platform.tokens WHERE kind = 'owner' AND revoked_at IS NULL");

        var (deleted, _) = await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{own}", Owner);
        var (byText, _) = await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{Owner}", Owner);
        var (_, list) = await GetAsync("/v3/tokens");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (deleted, byText));
        Assert.DoesNotContain(list.EnumerateArray(), token => token.GetProperty("id").GetGuid() == own);
    }

    [Theory]
    [InlineData("GET", "/v3/tokens")]
    [InlineData("POST", "/v3/tokens")]
    [InlineData("GET", "/v3/tokens/00000000-0000-0000-0000-000000000000")]
    [InlineData("PATCH", "/v3/tokens/00000000-0000-0000-0000-000000000000")]
    [InlineData("DELETE", "/v3/tokens/00000000-0000-0000-0000-000000000000")]
    public async Task Api_access_token_administers_none_not_even_itself(string method, string path)
    {
        var (_, made) = await PostAsync("""{"grants":[{"connection_name":"*"}],"allowed_apis":["sql","maps","imports","lds"]}""");

        var (reader, error) = await running.Service.SendAsync(new HttpMethod(method), path, made.GetProperty("token").GetString(), Stores);
        var (nobody, nothing) = await running.Service.SendAsync(new HttpMethod(method), path, null, Stores);

        Assert.Equal((HttpStatusCode.Forbidden, "You don't have permissions to manage this resource"), (reader, error.GetProperty("error").GetString()));
        Assert.Equal((HttpStatusCode.Unauthorized, "Token not defined"), (nobody, nothing.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Text_with_another_random_part_is_no_token()
    {
        // Somebody has the signing key and the metadata: he still cannot make the text of a token that was shown to another.
        var (_, made) = await PostAsync(Stores);
        var record = await running.Service.Get<IWorkspaceDirectory>().FindTokenAsync(made.GetProperty("id").GetGuid(), CancellationToken.None);
        var forged = running.Service.Get<CartoPlatform.Auth.Tokens.TokenIssuer>().Issue(record!, made.GetProperty("created_at").GetDateTimeOffset());

        var (status, _) = await running.Service.SendAsync(HttpMethod.Get, "/v3/connections", forged);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task Each_change_is_in_the_audit()
    {
        var (_, made) = await PostAsync(Stores);
        var id = made.GetProperty("id").GetString();
        await running.Service.SendAsync(HttpMethod.Patch, $"/v3/tokens/{id}", Owner, new { name = "renamed" });
        await running.Service.SendAsync(HttpMethod.Delete, $"/v3/tokens/{id}", Owner);

        var (_, lines) = await GetAsync($"/v3/audit?search={id}");

        Assert.Equal(["token.revoke", "token.update", "token.create"], lines.EnumerateArray().Select(line => line.GetProperty("action").GetString()));
        Assert.All(lines.EnumerateArray(), line => Assert.Equal("owner", line.GetProperty("actor").GetProperty("kind").GetString()));
        Assert.All(lines.EnumerateArray(), line => Assert.Equal("127.0.0.1", line.GetProperty("address").GetString()));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(object body) => running.Service.SendAsync(HttpMethod.Post, "/v3/tokens", Owner, body);

    private Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path) => running.Service.SendAsync(HttpMethod.Get, path, Owner);
}
