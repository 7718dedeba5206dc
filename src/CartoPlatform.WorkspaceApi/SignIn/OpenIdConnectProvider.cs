using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CartoPlatform.PostGis.Dialling;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>The authorization code flow with PKCE against one provider (OpenID Connect Core 1.0, section 3.1; RFC 7636).</summary>
internal sealed partial class OpenIdConnectProvider : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    // Those that a key from the provider's JWKS can have: never "none", never an HMAC with a public key as its secret.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly OpenIdConnectOptions _options;
    private readonly HttpClient _client;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger<OpenIdConnectProvider> _logger;

    public OpenIdConnectProvider(IOptions<OpenIdConnectOptions> options, CheckedSockets sockets, TimeProvider time, ILogger<OpenIdConnectProvider> logger)
    {
        _options = options.Value;
        (_time, _logger) = (time, logger);
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectCallback = sockets.ConnectAsync }) { Timeout = AnswerLimit };
        if (_options.Authority is not { } authority) return;
        _configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{authority.ToString().TrimEnd('/')}/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(_client) { RequireHttps = authority.Scheme == Uri.UriSchemeHttps });
    }

    /// <summary>Where the browser is sent.</summary>
    public async Task<string> AuthorizeUrlAsync(SignInAttempt attempt, string redirectUri, CancellationToken cancellationToken)
    {
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier)));
        var configuration = await ConfigurationAsync(cancellationToken);
        var query = QueryString.Create(new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = _options.ClientId,
            ["redirect_uri"] = redirectUri,
            ["scope"] = _options.Scopes,
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
        });
        var endpoint = configuration.AuthorizationEndpoint;
        return endpoint + (endpoint.Contains('?', StringComparison.Ordinal) ? $"&{query.Value?[1..]}" : query.Value);
    }

    /// <summary>Who has signed in; null when anything about it is not as it must be, which is logged.</summary>
    public async Task<ExternalIdentity?> RedeemAsync(string code, SignInAttempt attempt, string redirectUri, CancellationToken cancellationToken)
    {
        var configuration = await ConfigurationAsync(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration.TokenEndpoint);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["client_id"] = _options.ClientId,
            ["code_verifier"] = attempt.Verifier,
        };
        if (_options.ClientSecret.Length > 0)
        {
            var credentials = $"{Uri.EscapeDataString(_options.ClientId)}:{Uri.EscapeDataString(_options.ClientSecret)}";
            if (configuration.TokenEndpointAuthMethodsSupported.Contains("client_secret_basic") || configuration.TokenEndpointAuthMethodsSupported.Count == 0)
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
            else
                form["client_secret"] = _options.ClientSecret;
        }

        request.Content = new FormUrlEncodedContent(form);
        using var answer = await _client.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode) return Refuse($"its token endpoint answered {(int)answer.StatusCode}");
        var idToken = ReadIdToken(await answer.Content.ReadAsStringAsync(cancellationToken));
        return idToken is null ? Refuse("its token endpoint gave no id_token") : await ValidateAsync(idToken, attempt.Nonce, configuration);
    }

    public void Dispose() => _client.Dispose();

    private async Task<ExternalIdentity?> ValidateAsync(string idToken, string nonce, OpenIdConnectConfiguration configuration)
    {
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = configuration.Issuer,
            ValidAudience = _options.ClientId,
            IssuerSigningKeys = configuration.SigningKeys,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (notBefore, expires, _, _) => expires + ClockSkew > _time.GetUtcNow().UtcDateTime && !(notBefore - ClockSkew > _time.GetUtcNow().UtcDateTime),
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token)
        {
            // A key that we do not know may be a new one.
            _configuration?.RequestRefresh();
            return Refuse($"its id_token is not valid ({result.Exception?.GetType().Name})");
        }

        if (!token.TryGetPayloadValue<string>("nonce", out var said) || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(said), Encoding.UTF8.GetBytes(nonce)))
            return Refuse("its id_token is for another sign-in (nonce)");
        if (token.TryGetPayloadValue<string>("azp", out var party) && party != _options.ClientId) return Refuse("its id_token is for another client (azp)");
        if (string.IsNullOrEmpty(token.Subject)) return Refuse("its id_token names nobody");

        token.TryGetPayloadValue<string>("email", out var email);
        token.TryGetPayloadValue<string>("name", out var name);
        return new ExternalIdentity(
            configuration.Issuer, token.Subject, email, IsTrue(token, "email_verified"), name,
            [.. token.Claims.Where(claim => claim.Type == _options.GroupsClaim).Select(claim => claim.Value)]);
    }

    private async Task<OpenIdConnectConfiguration> ConfigurationAsync(CancellationToken cancellationToken) =>
        await (_configuration ?? throw new InvalidOperationException("No provider is configured")).GetConfigurationAsync(cancellationToken);

    private static bool IsTrue(JsonWebToken token, string claim) =>
        token.TryGetClaim(claim, out var value) && string.Equals(value.Value, "true", StringComparison.OrdinalIgnoreCase);

    private static string? ReadIdToken(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("id_token", out var token) ? token.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private ExternalIdentity? Refuse(string why)
    {
        LogRefused(why);
        return null;
    }

    [LoggerMessage(5201, LogLevel.Warning, "A sign-in with the OpenID Connect provider was refused: {Reason}")]
    private partial void LogRefused(string reason);
}
