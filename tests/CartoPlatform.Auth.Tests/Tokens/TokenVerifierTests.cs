using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Testing.Time;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tests.Tokens;

public sealed class TokenVerifierTests
{
    private const string Account = "7f4c1a52-10c4-4c0e-8a54-2f6a4c1d9b22";
    private const string Id = "0b8c6f1e-52ad-4a57-9d0e-6a1f0f0e1c11";
    private const string Hs256 = """{"alg":"HS256","typ":"JWT"}""";
    private const string Payload = $$"""{"a":"{{Account}}","jti":"{{Id}}","iat":1772354415}""";

    private readonly ManualTime _time = new();
    private readonly TokenVerifier _verifier;

    public TokenVerifierTests() => _verifier = new TokenVerifier(Some.SigningKey(), _time);

    [Fact]
    public async Task Issued_token_is_verified()
    {
        var text = new TokenIssuer(Some.SigningKey()).Issue(Some.Token(), Some.Issued);

        Assert.Equal(new TokenClaims(Guid.Parse(Id), Guid.Parse(Account)), await _verifier.VerifyAsync(text));
    }

    [Fact]
    public async Task Hand_made_token_of_the_same_form_is_verified() =>
        Assert.NotNull(await _verifier.VerifyAsync(Sign(Hs256, Payload)));

    [Fact]
    public async Task Every_altered_character_of_the_text_is_noticed()
    {
        var text = Sign(Hs256, Payload);
        for (var i = 0; i < text.Length; i++)
        {
            var altered = $"{text[..i]}{(text[i] == 'A' ? 'B' : 'A')}{text[(i + 1)..]}";

            Assert.True(await _verifier.VerifyAsync(altered) is null, $"character {i}");
        }
    }

    [Fact]
    public async Task Spare_bits_of_the_signature_make_no_second_text()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var text = Sign(Hs256, Payload);

        var accepted = 0;
        foreach (var last in Alphabet)
            accepted += await _verifier.VerifyAsync(text[..^1] + last) is null ? 0 : 1;

        Assert.Equal(1, accepted);
    }

    [Fact]
    public async Task Payload_of_one_token_with_the_signature_of_another_is_refused()
    {
        var mine = Sign(Hs256, Payload).Split('.');
        var other = Sign(Hs256, Payload.Replace("0b8c", "0b8d", StringComparison.Ordinal)).Split('.');

        Assert.Null(await _verifier.VerifyAsync($"{mine[0]}.{other[1]}.{mine[2]}"));
    }

    [Fact]
    public async Task Other_key_is_refused()
    {
        var other = new TokenVerifier(Some.SigningKey(Convert.ToBase64String(new byte[32])), _time);

        Assert.Null(await other.VerifyAsync(Sign(Hs256, Payload)));
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"JWT"}""")]
    [InlineData("""{"alg":"None"}""")]
    [InlineData("""{"alg":""}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"hs256"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"ES256"}""")]
    [InlineData("""{"alg":"dir","enc":"A256GCM"}""")]
    [InlineData("""["HS256"]""")]
    [InlineData("not json")]
    public async Task Other_algorithm_is_refused_signed_or_not(string header)
    {
        var text = Sign(header, Payload);

        Assert.Null(await _verifier.VerifyAsync(text));
        Assert.Null(await _verifier.VerifyAsync(text[..(text.LastIndexOf('.') + 1)]));
        Assert.Null(await _verifier.VerifyAsync(text[..text.LastIndexOf('.')]));
    }

    [Theory]
    [InlineData("""{"alg":"HS512","typ":"JWT"}""")]
    [InlineData("""{"alg":"HS384","typ":"JWT"}""")]
    public async Task Stronger_hash_with_our_key_is_refused_too(string header)
    {
        var signed = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(Payload)}";
        var key = Convert.FromBase64String(Some.Key);
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = header.Contains("512", StringComparison.Ordinal) ? HMACSHA512.HashData(key, bytes) : HMACSHA384.HashData(key, bytes);

        Assert.Null(await _verifier.VerifyAsync($"{signed}.{Base64UrlEncoder.Encode(signature)}"));
    }

    [Theory]
    [InlineData("exp", -1, false)]
    [InlineData("exp", 0, false)]
    [InlineData("exp", 1, true)]
    [InlineData("nbf", 1, false)]
    [InlineData("nbf", 0, true)]
    public async Task Times_of_the_token_are_kept_to_the_second(string claim, int secondsFromNow, bool expected)
    {
        var at = _time.GetUtcNow().AddSeconds(secondsFromNow).ToUnixTimeSeconds();

        Assert.Equal(expected, await _verifier.VerifyAsync(Sign(Hs256, Payload[..^1] + $",\"{claim}\":{at}}}")) is not null);
    }

    [Fact]
    public async Task Token_that_was_good_before_is_refused_once_its_time_is_over()
    {
        var text = Sign(Hs256, Payload[..^1] + $",\"exp\":{_time.GetUtcNow().AddSeconds(10).ToUnixTimeSeconds()}}}");

        var first = await _verifier.VerifyAsync(text);
        Assert.NotNull(first);
        Assert.Equal(first, await _verifier.VerifyAsync(text));
        Assert.Null(await _verifier.VerifyAsync(text[..^1]));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await _verifier.VerifyAsync(text));
        Assert.Equal(first, await _verifier.IdentifyAsync(text));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData($$"""{"a":"{{Account}}"}""")]
    [InlineData($$"""{"jti":"{{Id}}"}""")]
    [InlineData($$"""{"a":"{{Account}}","jti":"someone"}""")]
    [InlineData($$"""{"a":"{{Account}}","jti":17}""")]
    [InlineData($$"""{"a":17,"jti":"{{Id}}"}""")]
    [InlineData($$"""{"a":null,"jti":null}""")]
    [InlineData($$"""{"a":["{{Account}}"],"jti":["{{Id}}"]}""")]
    [InlineData($$"""{"a":"{{Account}}","jti":"{{Id}}","exp":"tomorrow"}""")]
    [InlineData($$"""{"a":"{{Account}}","jti":"{{Id}}","exp":-1}""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("")]
    public async Task Genuine_signature_over_other_claims_is_refused(string payload) =>
        Assert.Null(await _verifier.VerifyAsync(Sign(Hs256, payload)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.e30.AAAA.AAAA.AAAA")]
    [InlineData("\0\u0001\uffff")]
    [InlineData("ey🙂.ey🙂.ey🙂")]
    [InlineData("carto_api_key")]
    public async Task Garbage_is_refused(string text) => Assert.Null(await _verifier.VerifyAsync(text));

    [Fact]
    public async Task White_space_around_a_token_is_not_part_of_it()
    {
        var text = Sign(Hs256, Payload);

        Assert.Null(await _verifier.VerifyAsync(" " + text));
        Assert.Null(await _verifier.VerifyAsync(text + "\n"));
    }

    [Fact]
    public async Task Genuine_token_over_the_length_limit_is_refused()
    {
        var padding = new string('x', TokenVerifier.MaxLength);

        Assert.Null(await _verifier.VerifyAsync(Sign(Hs256, Payload[..^1] + $",\"p\":\"{padding}\"}}")));
    }

    private static string Sign(string header, string payload)
    {
        var signed = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}";
        var signature = HMACSHA256.HashData(Convert.FromBase64String(Some.Key), Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64UrlEncoder.Encode(signature)}";
    }
}
