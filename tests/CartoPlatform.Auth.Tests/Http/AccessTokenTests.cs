using System.Net;
using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tests.Http;

/// <summary>OAuth access tokens in a process that asks the Workspace API for their keys and records.</summary>
public sealed class AccessTokenTests : IAsyncLifetime
{
    private readonly RSA _key = RSA.Create(2_048);
    private WorkspaceStub? _workspace;
    private GuardedService? _service;

    private WorkspaceStub Workspace => _workspace ?? throw new InvalidOperationException("Not initialised");

    private GuardedService Service => _service ?? throw new InvalidOperationException("Not initialised");

    public async Task InitializeAsync()
    {
        _workspace = await WorkspaceStub.StartAsync();
        _service = await GuardedService.StartAsync(_workspace.Url);
        var published = _key.ExportParameters(includePrivateParameters: false);
        _workspace.Keys = new SigningKeysRecord([new SigningKeyRecord("one", Base64UrlEncoder.Encode(published.Modulus), Base64UrlEncoder.Encode(published.Exponent))]);
    }

    public async Task DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_workspace is not null) await _workspace.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task Token_of_a_published_key_and_a_known_record_is_its_holder()
    {
        using var answer = await Service.GetAsync("/who", NewToken());

        Assert.Equal((HttpStatusCode.OK, "machine"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("exp", -1L, HttpStatusCode.Unauthorized)]
    [InlineData("exp", 0L, HttpStatusCode.Unauthorized)]
    [InlineData("exp", 1L, HttpStatusCode.OK)]
    [InlineData("iat", 59L, HttpStatusCode.OK)]
    [InlineData("iat", 90L, HttpStatusCode.Unauthorized)]
    [InlineData("nbf", 59L, HttpStatusCode.OK)]
    [InlineData("nbf", 90L, HttpStatusCode.Unauthorized)]
    [InlineData("nbf", 1_000_000L, HttpStatusCode.Unauthorized)]
    public async Task Clocks_may_be_a_minute_apart_and_the_end_is_the_end(string claim, long secondsFromNow, HttpStatusCode expected)
    {
        var token = NewToken((claim, Now + secondsFromNow));

        Assert.Equal(expected, await StatusAsync(token));
    }

    [Theory]
    [InlineData("aud", "somebody-else")]
    [InlineData("aud", null)]
    [InlineData("exp", null)]
    [InlineData("jti", null)]
    [InlineData("jti", "not an id")]
    [InlineData("a", null)]
    [InlineData("a", "00000000-0000-0000-0000-000000000001")]
    public async Task Claim_that_is_not_what_it_must_be_makes_it_no_token(string claim, string? value) =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(NewToken((claim, value))));

    [Fact]
    public async Task Names_of_keys_that_callers_make_up_are_not_asked_for()
    {
        await StatusAsync(NewToken());
        var before = Workspace.KeyQuestions;

        for (var i = 0; i < 50; i++) Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Sign($"made-up-{i}", Payload())));

        Assert.Equal(before, Workspace.KeyQuestions);
    }

    [Fact]
    public async Task Key_that_is_withdrawn_is_refused_and_a_new_one_taken_within_a_second()
    {
        var token = NewToken();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
        var keys = Workspace.Keys;
        Workspace.Keys = new SigningKeysRecord([keys.Keys[0] with { Id = "two" }]);
        var next = NewToken(kid: "two");
        Service.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await StatusAsync(token), await StatusAsync(next)));
    }

    [Fact]
    public async Task Token_that_is_known_ends_with_its_time_its_key_and_its_letters()
    {
        var token = NewToken(("exp", Now + 30));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token[..^1]));
        var keys = Workspace.Keys;
        Workspace.Keys = new SigningKeysRecord([]);
        Service.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
        Workspace.Keys = keys;
        Service.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));
        Service.Time.Advance(TimeSpan.FromSeconds(28));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
    }

    [Fact]
    public async Task Without_the_workspace_api_what_is_known_goes_on_for_an_hour_and_the_rest_is_503()
    {
        var (known, unknown) = (NewToken(("exp", Now + 10_000)), NewToken(("exp", Now + 10_000)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(known));

        Workspace.Failure = Results.StatusCode(500);
        Service.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (await StatusAsync(known), await StatusAsync(unknown)));
        Service.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(known));
    }

    [Fact]
    public async Task Revoked_record_ends_the_token_within_a_second()
    {
        var token = NewToken();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(token));

        Workspace.Tokens.Clear();
        Service.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(token));
    }

    private long Now => Service.Time.GetUtcNow().ToUnixTimeSeconds();

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var answer = await Service.GetAsync("/who", token);
        return answer.StatusCode;
    }

    /// <summary>A token whose record there is.</summary>
    private string NewToken((string Claim, object? Value)? change = null, string kid = "one")
    {
        var id = Guid.NewGuid();
        var text = Sign(kid, Payload(id, change));
        Workspace.Tokens[id] = Some.Token(new GrantRecord("*")) with { Id = id, Name = "machine", ClientId = Guid.NewGuid(), TextHash = TokenText.Hash(text) };
        return text;
    }

    private string Payload(Guid? id = null, (string Claim, object? Value)? change = null)
    {
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = "https://maps.example.org",
            ["aud"] = AccessToken.Audience,
            ["a"] = Some.Token().AccountId.ToString("D"),
            ["jti"] = (id ?? Guid.NewGuid()).ToString("D"),
            ["iat"] = Now,
            ["exp"] = Now + 3_600,
        };
        if (change is { } changed) claims[changed.Claim] = changed.Value;
        return System.Text.Json.JsonSerializer.Serialize(claims.Where(entry => entry.Value is not null).ToDictionary());
    }

    private string Sign(string kid, string payload)
    {
        var header = Base64UrlEncoder.Encode($$"""{"alg":"RS256","typ":"at+jwt","kid":"{{kid}}"}""");
        var signed = $"{header}.{Base64UrlEncoder.Encode(payload)}";
        return $"{signed}.{Base64UrlEncoder.Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
