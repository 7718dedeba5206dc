using System.Net;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Tests.Http;

public sealed class PlatformAuthTests : IAsyncLifetime
{
    private static readonly TokenRecord Token = Some.Token(new GrantRecord("main"));

    private WorkspaceStub? _workspace;
    private GuardedService? _service;

    private WorkspaceStub Workspace => _workspace ?? throw new InvalidOperationException("The test has not been initialised.");

    private GuardedService Service => _service ?? throw new InvalidOperationException("The test has not been initialised.");

    public async Task InitializeAsync()
    {
        _workspace = await WorkspaceStub.StartAsync();
        _service = await GuardedService.StartAsync(_workspace.Url);
        _workspace.Tokens[Token.Id] = Token;
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        await Workspace.DisposeAsync();
    }

    [Fact]
    public async Task Known_token_makes_a_principal()
    {
        var answer = await Service.GetAsync("/who", Text(Token));

        Assert.Equal((HttpStatusCode.OK, "viewer"), await Read(answer));
    }

    [Fact]
    public async Task Known_token_in_the_query_makes_a_principal()
    {
        var answer = await Service.GetAsync($"/who?access_token={Text(Token)}");

        Assert.Equal((HttpStatusCode.OK, "viewer"), await Read(answer));
    }

    [Theory]
    [InlineData("undefined")]
    [InlineData(null)]
    public async Task Without_a_token_the_endpoint_decides(string? token)
    {
        Assert.Equal((HttpStatusCode.OK, "open"), await Read(await Service.GetAsync("/open", token)));
        Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"Token not defined","status":401}"""), await Read(await Service.GetAsync("/who", token)));
    }

    [Fact]
    public async Task Bad_token_is_refused_even_where_none_is_needed()
    {
        await ExpectInvalid(Service.GetAsync("/open", "garbage"));
        await ExpectInvalid(Service.GetAsync("/open?access_token=garbage"));
        await ExpectInvalid(Service.GetAsync("/nowhere", "garbage"));
        await ExpectInvalid(Service.GetAsync("/open", $"{Text(Token)}, Bearer {Text(Token)}"));
    }

    [Fact]
    public async Task Genuine_token_without_a_record_is_refused() =>
        await ExpectInvalid(Service.GetAsync("/who", Text(Token with { Id = Guid.NewGuid() })));

    [Fact]
    public async Task Token_of_another_account_is_refused() =>
        await ExpectInvalid(Service.GetAsync("/who", Text(Token with { AccountId = Guid.NewGuid() })));

    [Fact]
    public async Task Expiry_of_the_record_counts_whatever_the_text_says()
    {
        Workspace.Tokens[Token.Id] = Token with { ExpiresAt = Service.Time.GetUtcNow().AddMinutes(10) };
        Assert.Equal(HttpStatusCode.OK, (await Service.GetAsync("/who", Text(Token))).StatusCode);

        Service.Time.Advance(TimeSpan.FromMinutes(10));

        await ExpectInvalid(Service.GetAsync("/who", Text(Token)));
    }

    [Fact]
    public async Task Referer_of_another_origin_is_forbidden()
    {
        Workspace.Tokens[Token.Id] = Token with { Referers = ["https://app.example.org"] };

        Assert.Equal(HttpStatusCode.OK, (await Service.GetAsync("/who", Text(Token), "https://app.example.org/")).StatusCode);
        var refused = (HttpStatusCode.Forbidden, """{"error":"Unauthorized referer"}""");
        Assert.Equal(refused, await Read(await Service.GetAsync("/who", Text(Token), "https://app.example.org.evil.com/")));
        Assert.Equal(refused, await Read(await Service.GetAsync("/who", Text(Token))));
    }

    [Fact]
    public async Task Workspace_out_of_reach_is_503_for_unknown_tokens_only()
    {
        Assert.Equal(HttpStatusCode.OK, (await Service.GetAsync("/who", Text(Token))).StatusCode);
        await Workspace.StopAsync();
        Service.Time.Advance(TimeSpan.FromMinutes(59));

        Assert.Equal(HttpStatusCode.OK, (await Service.GetAsync("/who", Text(Token))).StatusCode);
        await ExpectUnavailable(Service.GetAsync("/who", Text(Token with { Id = Guid.NewGuid() })));
        await ExpectInvalid(Service.GetAsync("/who", "garbage"));
        Assert.Equal(HttpStatusCode.OK, (await Service.GetAsync("/open")).StatusCode);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(302)]
    [InlineData(204)]
    public async Task Wrong_address_or_key_does_not_look_like_a_revocation(int status)
    {
        Workspace.Failure = Results.StatusCode(status);

        await ExpectUnavailable(Service.GetAsync("/who", Text(Token)));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"id":"0b8c6f1e-52ad-4a57-9d0e-6a1f0f0e1c11","accountId":"7f4c1a52-10c4-4c0e-8a54-2f6a4c1d9b22","grants":null,"allowedApis":[]}""")]
    public async Task Answer_that_is_no_record_is_503(string body)
    {
        Workspace.Failure = Results.Text(body);

        await ExpectUnavailable(Service.GetAsync("/who", Text(Token)));
    }

    [Fact]
    public async Task Token_is_in_no_log()
    {
        var text = Text(Token);
        await Service.GetAsync("/who", text);
        await Service.GetAsync($"/who?access_token={text}");
        await Service.GetAsync("/who", text + "x");
        await Workspace.StopAsync();
        await Service.GetAsync("/who", Text(Token with { Id = Guid.NewGuid() }));

        Assert.Contains(Service.Log.Messages, message => message.Contains("503", StringComparison.Ordinal));
        var signature = text.Split('.')[2];
        Assert.DoesNotContain(Service.Log.Messages, message => message.Contains(signature, StringComparison.Ordinal));
    }

    private string Text(TokenRecord token) => Service.Issuer.Issue(token, Some.Issued);

    private static async Task ExpectInvalid(Task<HttpResponseMessage> answer) =>
        Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"Invalid token"}"""), await Read(await answer));

    private static async Task ExpectUnavailable(Task<HttpResponseMessage> request)
    {
        var answer = await request;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"error":"The workspace service is not available at the moment"}"""), await Read(answer));
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }

    private static async Task<(HttpStatusCode Status, string Body)> Read(HttpResponseMessage answer) =>
        (answer.StatusCode, await answer.Content.ReadAsStringAsync());
}
