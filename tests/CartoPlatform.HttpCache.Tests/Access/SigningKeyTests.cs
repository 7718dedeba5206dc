using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>OAuth access tokens on a warm cache: what answers without a look at the signature looks at its key.</summary>
public sealed class SigningKeyTests(AccessFixture fixture) : IClassFixture<AccessFixture>, IDisposable
{
    private readonly RSA _key = RSA.Create(2_048);

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Withdrawn_key_opens_nothing_though_its_tokens_have_their_records_still()
    {
        var published = _key.ExportParameters(includePrivateParameters: false);
        fixture.Workspace.Keys = new SigningKeysRecord([new SigningKeyRecord("one", Base64UrlEncoder.Encode(published.Modulus), Base64UrlEncoder.Encode(published.Exponent))]);
        fixture.Host.AskAgain();
        using var caller = Caller("one");
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.places&formatTiles=mvt";
        await Wait.UntilAsync("the tile is a hit", async () => (await caller.AskAsync(Url)).Cache == "HIT", TimeSpan.FromSeconds(20));
        // The front knows the request by then.
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await caller.AskAsync(Url)).Status);

        fixture.Workspace.Keys = new SigningKeysRecord([]);
        fixture.Host.AskAgain();

        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await caller.AskAsync(Url)).Status);
    }

    private HttpClient Caller(string kid)
    {
        var record = fixture.Token("demo.places");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signed = $"{Encode(new { alg = "RS256", typ = "at+jwt", kid })}.{Encode(new { aud = AccessToken.Audience, a = record.AccountId.ToString("D"), jti = record.Id.ToString("D"), iat = now, exp = now + 3_600 })}";
        var text = $"{signed}.{Base64UrlEncoder.Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        fixture.Workspace.Tokens[record.Id] = record with { ClientId = Guid.NewGuid(), TextHash = TokenText.Hash(text) };
        var caller = fixture.Host.Anonymous();
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
        return caller;
    }

    private static string Encode(object part) => Base64UrlEncoder.Encode(JsonSerializer.Serialize(part));
}
