using System.Globalization;
using CartoPlatform.Contracts.Workspace;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tokens;

/// <summary>
/// Signs tokens in CARTO's form: HS256 with the claims <c>a</c> (account), <c>jti</c>, <c>iat</c> and, if it expires, <c>exp</c>. The
/// same record always gives the same text, so that no text need be stored, unless a random part is put in (claim <c>r</c>).
/// </summary>
public sealed class TokenIssuer
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials;

    internal TokenIssuer(TokenSigningKey key) => _credentials = new SigningCredentials(key.Key, TokenSigningKey.Algorithm);

    /// <param name="token">The record that the text refers to.</param>
    /// <param name="issuedAt">When the record was made; seconds count.</param>
    /// <param name="random">Goes into the text of a token that is shown once; null for one that is told again.</param>
    public string Issue(TokenRecord token, DateTimeOffset issuedAt, byte[]? random = null)
    {
        var expires = token.ExpiresAt is { } at ? string.Create(CultureInfo.InvariantCulture, $",\"exp\":{at.ToUnixTimeSeconds()}") : "";
        var unique = random is null ? "" : $",\"r\":\"{Convert.ToHexStringLower(random)}\"";
        var payload = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"a":"{{token.AccountId:D}}","jti":"{{token.Id:D}}","iat":{{issuedAt.ToUnixTimeSeconds()}}{{expires}}{{unique}}}""");
        return _handler.CreateToken(payload, _credentials);
    }
}
