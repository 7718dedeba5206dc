using CartoPlatform.Auth.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tests.Tokens;

public sealed class TokenIssuerTests
{
    [Fact]
    public void Same_record_gives_the_same_text_in_every_process()
    {
        var first = new TokenIssuer(Some.SigningKey()).Issue(Some.Token(), Some.Issued);
        var second = new TokenIssuer(Some.SigningKey()).Issue(Some.Token(), Some.Issued);

        Assert.Equal(first, second);
    }

    [Fact]
    public void Claims_are_those_of_the_contract()
    {
        var token = Some.Token() with { ExpiresAt = Some.Issued.AddDays(1) };

        var parts = new TokenIssuer(Some.SigningKey()).Issue(token, Some.Issued).Split('.');

        Assert.Equal("""{"alg":"HS256","typ":"JWT"}""", Base64UrlEncoder.Decode(parts[0]));
        Assert.Equal(
            """{"a":"7f4c1a52-10c4-4c0e-8a54-2f6a4c1d9b22","jti":"0b8c6f1e-52ad-4a57-9d0e-6a1f0f0e1c11","iat":1772353815,"exp":1772440215}""",
            Base64UrlEncoder.Decode(parts[1]));
    }

    [Fact]
    public void Token_without_expiry_has_no_such_claim()
    {
        var payload = Base64UrlEncoder.Decode(new TokenIssuer(Some.SigningKey()).Issue(Some.Token(), Some.Issued).Split('.')[1]);

        Assert.DoesNotContain("exp", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("nbf", payload, StringComparison.Ordinal);
    }
}
