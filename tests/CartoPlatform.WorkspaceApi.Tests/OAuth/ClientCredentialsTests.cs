using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceClient;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

public sealed class ClientCredentialsTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Grant = "client_credentials";

    [Fact]
    public async Task Token_is_signed_by_a_published_key_and_says_what_the_standard_wants()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens","write:tokens"]""");

        var reply = await running.Service.PostFormAsync(
            OAuthSteps.Token, [("grant_type", Grant), ("audience", "carto-cloud-native-api"), ("scope", "read:tokens")], $"{client.Id}:{client.Secret}");

        Assert.Equal((HttpStatusCode.OK, null), reply.Outcome);
        Assert.Equal("no-store", reply.CacheControl);
        Assert.Equal(("Bearer", 3_600, "read:tokens"), (reply.Body.GetProperty("token_type").GetString(), reply.Body.GetProperty("expires_in").GetInt32(), reply.Body.GetProperty("scope").GetString()));
        using var jwks = await running.Service.GetAsync("/.well-known/jwks.json");
        var published = new JsonWebKeySet(await jwks.Content.ReadAsStringAsync());
        Assert.All(published.Keys, key => Assert.False(key.HasPrivateKey));
        var verified = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(reply.Body.GetProperty("access_token").GetString(), new TokenValidationParameters
        {
            IssuerSigningKeys = published.GetSigningKeys(),
            ValidIssuer = running.Service.PublicUrl.GetLeftPart(UriPartial.Authority),
            ValidAudience = "carto-cloud-native-api",
            ValidTypes = ["at+jwt"],
            LifetimeValidator = (_, expires, _, _) => expires == running.Platform.Time.GetUtcNow().UtcDateTime.AddTicks(-(running.Platform.Time.GetUtcNow().Ticks % TimeSpan.TicksPerSecond)).AddHours(1),
        });
        Assert.True(verified.IsValid, verified.Exception?.Message);
        Assert.Equal((client.Id, client.Id, "read:tokens"), ((string)verified.Claims["client_id"], (string)verified.Claims["sub"], (string)verified.Claims["scope"]));
    }

    [Fact]
    public async Task Secret_may_come_in_the_header_the_body_or_as_json()
    {
        var client = await running.CreateMachineAsync();
        using var json = new StringContent(
            $$"""{"grant_type":"client_credentials","client_id":"{{client.Id}}","client_secret":"{{client.Secret}}","audience":"carto-cloud-native-api"}""", Encoding.UTF8, "application/json");

        Assert.Equal((HttpStatusCode.OK, null), (await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", Grant)], $"{client.Id}:{client.Secret}")).Outcome);
        Assert.Equal((HttpStatusCode.OK, null), (await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", Grant), ("client_id", client.Id)], $"{client.Id}:{client.Secret}")).Outcome);
        Assert.Equal((HttpStatusCode.OK, null), (await running.Service.PostFormAsync(OAuthSteps.Token, [("grant_type", Grant), ("client_id", client.Id), ("client_secret", client.Secret)])).Outcome);
        Assert.Equal((HttpStatusCode.OK, null), (await running.Service.PostAsync(OAuthSteps.Token, json)).Outcome);
    }

    [Fact]
    public async Task Secret_in_the_address_is_none()
    {
        var client = await running.CreateMachineAsync();
        var address = $"{OAuthSteps.Token}?grant_type={Grant}&client_id={client.Id}&client_secret={client.Secret}";

        Assert.Equal(HttpStatusCode.BadRequest, (await running.Service.PostFormAsync(address, [])).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (await running.Service.PostFormAsync(address, [("grant_type", Grant), ("client_id", client.Id)])).Outcome);
    }

    [Fact]
    public async Task What_is_wrong_is_said_in_the_words_of_the_standard()
    {
        var client = await running.CreateMachineAsync();
        var other = await running.CreateMachineAsync();
        var spa = (await running.CreateClientAsync("""{"name":"app","kind":"spa","redirect_uris":["https://app.example/back"]}""")).GetProperty("client_id").GetString()!;
        var mine = $"{client.Id}:{client.Secret}";
        (string Expected, HttpStatusCode Status, (string, string)[] Fields, string? Basic)[] table =
        [
            ("invalid_request", HttpStatusCode.BadRequest, [], mine),
            ("invalid_request", HttpStatusCode.BadRequest, [("grant_type", "")], mine),
            ("invalid_request", HttpStatusCode.BadRequest, [("grant_type", Grant), ("grant_type", Grant)], mine),
            ("invalid_request", HttpStatusCode.BadRequest, [("grant_type", Grant)], null),
            ("invalid_request", HttpStatusCode.BadRequest, [("grant_type", Grant), ("client_secret", client.Secret)], mine),
            ("invalid_request", HttpStatusCode.BadRequest, [("grant_type", Grant), ("scope", "a\0b")], mine),
            ("unsupported_grant_type", HttpStatusCode.BadRequest, [("grant_type", "password")], mine),
            ("unsupported_grant_type", HttpStatusCode.BadRequest, [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")], mine),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant)], $"{client.Id}:wrong"),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant)], $"{client.Id}:"),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant)], $"{client.Id}:{other.Secret}"),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant)], $"{Guid.NewGuid()}:{client.Secret}"),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant)], "no colon"),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant), ("client_id", other.Id)], mine),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant), ("client_id", client.Id)], null),
            ("invalid_client", HttpStatusCode.Unauthorized, [("grant_type", Grant), ("client_id", "'; DROP TABLE platform.oauth_clients --"), ("client_secret", "x")], null),
            ("unauthorized_client", HttpStatusCode.BadRequest, [("grant_type", Grant), ("client_id", spa)], null),
            ("invalid_scope", HttpStatusCode.BadRequest, [("grant_type", Grant), ("scope", "write:accounts")], mine),
            ("invalid_target", HttpStatusCode.BadRequest, [("grant_type", Grant), ("audience", "https://elsewhere.example")], mine),
        ];

        foreach (var (expected, status, fields, basic) in table)
        {
            var reply = await running.Service.PostFormAsync(OAuthSteps.Token, fields, basic);

            Assert.Equal((status, expected), reply.Outcome);
            Assert.Equal("no-store", reply.CacheControl);
            Assert.NotEmpty(reply.Body.GetProperty("error_description").GetString()!);
            if (status == HttpStatusCode.Unauthorized) Assert.StartsWith("Basic ", reply.Challenge, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("text/plain", "grant_type=client_credentials")]
    [InlineData("multipart/form-data; boundary=x", "--x")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{\"grant_type\":1}")]
    [InlineData("application/json", "")]
    [InlineData("application/x-www-form-urlencoded", "%")]
    public async Task Body_that_is_no_form_is_an_invalid_request(string type, string text)
    {
        using var content = new StringContent(text);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (await running.Service.PostAsync(OAuthSteps.Token, content)).Outcome);
    }

    [Fact]
    public async Task Principal_of_a_token_has_the_clients_grants_role_and_scopes()
    {
        var client = await running.CreateMachineAsync(
            ""","role":"Editor","scopes":["read:tokens"],"grants":[{"connection_name":"carto_dw","source":"demo.cities"}],"allowed_apis":["maps"]""");

        var record = await FindRecordAsync(await running.Service.IssueAsync(client));

        Assert.Equal(new GrantRecord("carto_dw", "demo.cities"), Assert.Single(record!.Grants));
        Assert.Equal((AccountRole.Editor, client.Id, "maps", "read:tokens", false), (record.Role, record.ClientId.ToString(), record.AllowedApis.Single(), record.Scopes!.Single(), record.IsOwner));
    }

    [Fact]
    public async Task Scope_decides_what_is_administered_and_grants_cannot_grow()
    {
        var client = await running.CreateMachineAsync(
            ""","role":"Editor","scopes":["read:tokens","write:tokens"],"grants":[{"connection_name":"carto_dw","source":"demo.cities"}]""");
        var reader = await running.Service.IssueAsync(client, "read:tokens");
        var writer = await running.Service.IssueAsync(client, "write:tokens");

        Assert.Equal(HttpStatusCode.OK, (await running.Service.SendAsync(HttpMethod.Get, "/v3/tokens", reader)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await CreateTokenAsync(reader, "demo.cities")).Status);
        Assert.Equal(HttpStatusCode.OK, (await CreateTokenAsync(writer, "demo.cities")).Status);
        foreach (var source in (string[])["*", "demo.*", "demo.other", "SELECT 1"]) Assert.Equal(HttpStatusCode.Forbidden, (await CreateTokenAsync(writer, source)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await running.Service.SendAsync(HttpMethod.Get, "/v3/users", writer)).Status);
    }

    [Fact]
    public async Task What_a_client_made_is_still_its_own_with_its_next_token()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens","write:tokens"]""");
        var made = await CreateTokenAsync(await running.Service.IssueAsync(client), "demo.cities");

        var listed = await running.Service.SendAsync(HttpMethod.Get, "/v3/tokens", await running.Service.IssueAsync(client));

        Assert.Equal(made.Body.GetProperty("id").GetString(), Assert.Single(listed.Body.EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Deleted_changed_or_expired_is_over_for_tokens_that_are_out()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]""");
        var token = await running.Service.IssueAsync(client);
        Assert.Equal(HttpStatusCode.OK, await ListAsync(token));

        await ChangeAsync(HttpMethod.Patch, client.Id, """{"scopes":[]}""");
        Assert.Equal(HttpStatusCode.Forbidden, await ListAsync(token));
        await ChangeAsync(HttpMethod.Patch, client.Id, """{"scopes":["read:tokens"]}""");
        Assert.Equal(HttpStatusCode.OK, await ListAsync(token));
        await ChangeAsync(HttpMethod.Delete, client.Id, null);
        Assert.Equal(HttpStatusCode.Unauthorized, await ListAsync(token));

        var second = await running.Service.IssueAsync(await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]"""));
        Assert.Equal(HttpStatusCode.OK, await ListAsync(second));
        running.Platform.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await ListAsync(second));
    }

    private Task<HttpStatusCode> ListAsync(string token) => StatusAsync(HttpMethod.Get, "/v3/tokens", token);

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string token) => (await running.Service.SendAsync(method, path, token)).Status;

    private Task<(HttpStatusCode Status, JsonElement Body)> CreateTokenAsync(string token, string source) => running.Service.SendAsync(
        HttpMethod.Post, "/v3/tokens", token, new { grants = new[] { new { connection_name = "carto_dw", source } } });

    private async Task ChangeAsync(HttpMethod method, string id, string? json)
    {
        var (status, body) = await running.Service.SendAsync(method, $"/v3/oauth-clients/{id}", running.Platform.ReadOwnerToken(), json);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent, body.ToString());
    }

    private async Task<TokenRecord?> FindRecordAsync(string token) =>
        await running.Service.Get<IWorkspaceDirectory>().FindTokenAsync(Guid.Parse(new JsonWebToken(token).Id), CancellationToken.None);
}
