using System.Net;
using System.Security.Cryptography;
using System.Text;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

public sealed class OAuthKeyTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Path = "/v3/tokens";

    [Fact]
    public async Task Token_that_is_not_signed_by_a_published_key_opens_nothing()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]""");
        var text = await running.Service.IssueAsync(client);
        var parts = text.Split('.');
        var payload = parts[1];
        using var jwks = await running.Service.GetAsync("/.well-known/jwks.json");
        var key = new JsonWebKeySet(await jwks.Content.ReadAsStringAsync()).Keys.Single();
        using var published = RSA.Create(new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(key.N), Exponent = Base64UrlEncoder.DecodeBytes(key.E) });
        using var own = RSA.Create(2_048);
        var ownKey = own.ExportParameters(includePrivateParameters: false);
        string Rsa(string header) => Sign(header, payload, own);
        string Hmac(byte[] secret) => SignHmac($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{key.Kid}}"}""", payload, secret);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(text));
        Dictionary<string, string> forged = new()
        {
            ["none"] = $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{payload}.",
            ["None with the signature"] = $"{Encode($$"""{"alg":"None","typ":"at+jwt","kid":"{{key.Kid}}"}""")}.{payload}.{parts[2]}",
            ["no signature"] = $"{parts[0]}.{payload}.",
            ["another key"] = Rsa($$"""{"alg":"RS256","typ":"at+jwt","kid":"{{key.Kid}}"}"""),
            ["unknown kid"] = Rsa($$"""{"alg":"RS256","typ":"at+jwt","kid":"{{new string('a', 43)}}"}"""),
            ["no kid"] = Rsa("""{"alg":"RS256","typ":"at+jwt"}"""),
            ["kid of a file"] = Rsa("""{"alg":"RS256","typ":"at+jwt","kid":"../../dev/null"}"""),
            ["own jwk"] = Rsa($$$"""{"alg":"RS256","typ":"at+jwt","kid":"{{{key.Kid}}}","jwk":{"kty":"RSA","n":"{{{Base64UrlEncoder.Encode(ownKey.Modulus)}}}","e":"AQAB"}}"""),
            ["own jku"] = Rsa($$"""{"alg":"RS256","typ":"at+jwt","kid":"{{key.Kid}}","jku":"https://evil.example/jwks.json"}"""),
            ["HS256 with the public key as PEM"] = Hmac(Encoding.ASCII.GetBytes(published.ExportSubjectPublicKeyInfoPem())),
            ["HS256 with the public key as PKCS 1"] = Hmac(published.ExportRSAPublicKey()),
            ["HS256 with the public key as DER"] = Hmac(published.ExportSubjectPublicKeyInfo()),
            ["HS256 with the modulus"] = Hmac(Base64UrlEncoder.DecodeBytes(key.N)),
            ["another payload"] = $"{parts[0]}.{Encode(Base64UrlEncoder.Decode(payload).Replace("read:tokens", "write:tokens", StringComparison.Ordinal))}.{parts[2]}",
            ["RS256 in another type"] = $"{Encode($$"""{"alg":"RS256","typ":"JWT","kid":"{{key.Kid}}"}""")}.{payload}.{parts[2]}",
            ["five parts"] = $"{text}.x.y",
        };
        foreach (var (name, attempt) in forged)
            Assert.True(await StatusAsync(attempt) == HttpStatusCode.Unauthorized, name);
    }

    [Fact]
    public async Task Token_is_good_to_its_last_second_and_not_before_its_first()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]""");
        var text = await running.Service.IssueAsync(client);
        running.Platform.Time.Advance(TimeSpan.FromSeconds(3_598));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(text));
        running.Platform.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(text));
    }

    [Fact]
    public async Task Signed_with_a_stolen_key_is_still_no_token_of_ours()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]""");
        var token = new JsonWebToken(await running.Service.IssueAsync(client));
        var signer = await running.Service.Get<WorkspaceApi.OAuth.Keys.SigningKeyStore>().FindSignerAsync(CancellationToken.None);
        using var stolen = RSA.Create(signer.Parameters);
        var longer = Base64UrlEncoder.Decode(token.EncodedPayload).Replace($"\"exp\":{token.GetPayloadValue<long>("exp")}", $"\"exp\":{token.GetPayloadValue<long>("exp") + 86_400}", StringComparison.Ordinal);
        var invented = longer.Replace(token.Id, Guid.NewGuid().ToString(), StringComparison.Ordinal);
        var header = $$"""{"alg":"RS256","typ":"at+jwt","kid":"{{signer.KeyId}}"}""";

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Sign(header, Encode(longer), stolen)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Sign(header, Encode(invented), stolen)));
    }

    [Fact]
    public async Task New_key_is_published_before_it_signs_and_the_old_one_while_its_tokens_live()
    {
        var client = await running.CreateMachineAsync(""","role":"Editor","scopes":["read:tokens"]""");
        var old = await running.Service.IssueAsync(client);

        var (status, body) = await running.Service.SendAsync(HttpMethod.Post, "/v3/keys/oauth/rotate", running.Platform.ReadOwnerToken());
        var between = await running.Service.IssueAsync(client);
        var publishedAtOnce = await KidsAsync();
        running.Platform.Time.Advance(TimeSpan.FromSeconds(6));
        var next = await running.Service.IssueAsync(client);

        var kid = body.GetProperty("kid").GetString()!;
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([kid, new JsonWebToken(old).Kid], publishedAtOnce);
        Assert.Equal((new JsonWebToken(old).Kid, kid), (new JsonWebToken(between).Kid, new JsonWebToken(next).Kid));
        foreach (var text in (string[])[old, between, next]) Assert.Equal(HttpStatusCode.OK, await StatusAsync(text));
        running.Platform.Time.Advance(TimeSpan.FromMinutes(66));
        Assert.Equal([kid], await KidsAsync());
    }

    [Fact]
    public async Task Rotation_takes_a_superadmin()
    {
        var client = await running.CreateMachineAsync(""","role":"Admin""" + "\"");

        Assert.Equal(HttpStatusCode.Forbidden, (await running.Service.SendAsync(HttpMethod.Post, "/v3/keys/oauth/rotate", await running.Service.IssueAsync(client))).Status);
    }

    private async Task<List<string>> KidsAsync()
    {
        using var answer = await running.Service.GetAsync("/.well-known/jwks.json");
        return [.. new JsonWebKeySet(await answer.Content.ReadAsStringAsync()).Keys.Select(key => key.Kid)];
    }

    private async Task<HttpStatusCode> StatusAsync(string token) => (await running.Service.SendAsync(HttpMethod.Get, Path, token)).Status;

    private static string Encode(string json) => Base64UrlEncoder.Encode(json);

    private static string Sign(string header, string payload, RSA key)
    {
        var signed = $"{Encode(header)}.{payload}";
        return $"{signed}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string SignHmac(string header, string payload, byte[] secret)
    {
        var signed = $"{Encode(header)}.{payload}";
        return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }
}
