using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.Tests.SignIn;

/// <summary>An OpenID Connect provider at protocol level: discovery, keys, and a token endpoint that checks client, code and PKCE.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "carto";
    public const string ClientSecret = "secret of the client";

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _foreign = RSA.Create(2048);
    private readonly TimeProvider _time;
    private Dictionary<string, string> _asked = [];

    private TestProvider(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    public string Url => _app.Urls.First();

    /// <summary>What the next id_token says; a test changes what it is about.</summary>
    public Dictionary<string, object?> Claims { get; private set; } = [];

    /// <summary><c>RS256</c> by the published key; also <c>foreign</c>, <c>none</c> and <c>HS256</c> (with the client's secret).</summary>
    public string Signature { get; set; } = "RS256";

    /// <summary>Where it says that its keys are.</summary>
    public string KeysHost { get; set; } = "127.0.0.1";

    public static async Task<TestProvider> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new TestProvider(app, time);
        app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = provider.Url,
            ["authorization_endpoint"] = $"{provider.Url}/authorize",
            ["token_endpoint"] = $"{provider.Url}/token",
            ["jwks_uri"] = $"http://{provider.KeysHost}:{new Uri(provider.Url).Port}/jwks",
            ["token_endpoint_auth_methods_supported"] = (string[])["client_secret_basic"],
        });
        app.MapGet("/jwks", () => Results.Text(provider.Jwks(), "application/json"));
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    /// <summary>What the browser does at the authorize endpoint: notes what it was asked for, and gives the way back.</summary>
    public string Authorize(Uri location)
    {
        _asked = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Claims = new()
        {
            ["iss"] = Url,
            ["aud"] = ClientId,
            ["sub"] = "subject-1",
            ["nonce"] = _asked["nonce"],
            ["iat"] = now,
            ["exp"] = now + 300,
            ["email"] = "Ada@Example.org",
            ["email_verified"] = true,
            ["name"] = "Ada",
            ["groups"] = new[] { "staff", "editors" },
        };
        return $"{new Uri(_asked["redirect_uri"]).AbsolutePath}?code=the-code&state={_asked["state"]}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
        _foreign.Dispose();
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{Uri.EscapeDataString(ClientSecret)}"));
        return request.Headers.Authorization == $"Basic {basic}" && form["code"] == "the-code" && form["grant_type"] == "authorization_code"
            && form["redirect_uri"] == _asked["redirect_uri"] && _asked["code_challenge_method"] == "S256" && challenge == _asked["code_challenge"]
            ? Results.Json(new { access_token = "x", token_type = "Bearer", id_token = IdToken() })
            : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
    }

    private string IdToken()
    {
        var payload = System.Text.Json.JsonSerializer.Serialize(Claims.Where(claim => claim.Value is not null).ToDictionary());
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return Signature switch
        {
            "none" => handler.CreateToken(payload),
            "HS256" => handler.CreateToken(payload, new SigningCredentials(
                new SymmetricSecurityKey(SHA256.HashData(Encoding.UTF8.GetBytes(ClientSecret))) { KeyId = "1" }, SecurityAlgorithms.HmacSha256)),
            "foreign" => handler.CreateToken(payload, new SigningCredentials(new RsaSecurityKey(_foreign) { KeyId = "1" }, SecurityAlgorithms.RsaSha256)),
            _ => handler.CreateToken(payload, new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256)),
        };
    }

    private string Jwks()
    {
        var key = _rsa.ExportParameters(false);
        return $$"""{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"1","n":"{{Base64UrlEncoder.Encode(key.Modulus)}}","e":"{{Base64UrlEncoder.Encode(key.Exponent)}}"}]}""";
    }
}
