using System.Net;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth.Tests.Http;

/// <summary>Whoever guesses tokens is told to stop, and nobody else.</summary>
public sealed class FailedTokenTests : IAsyncLifetime
{
    private WorkspaceStub? _workspace;
    private GuardedService? _service;

    private GuardedService Service => _service ?? throw new InvalidOperationException("Not initialised");

    public async Task InitializeAsync()
    {
        _workspace = await WorkspaceStub.StartAsync();
        _service = await GuardedService.StartAsync(_workspace.Url, "--Tokens:MaxFailuresPerMinute=5", "--Proxies:Trusted:0=127.0.0.0/8");
    }

    public async Task DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_workspace is not null) await _workspace.DisposeAsync();
    }

    [Fact]
    public async Task Guesses_are_429_for_a_minute_and_a_good_token_of_the_same_network_passes()
    {
        var token = Some.Token(new GrantRecord("*")) with { Id = Guid.NewGuid(), Name = "neighbour" };
        _workspace!.Tokens[token.Id] = token;
        var good = Service.Issuer.Issue(token, Service.Time.GetUtcNow());

        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync($"guess.{i}.x", "192.0.2.7")).Status);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)), await AskAsync("guess.6.x", "192.0.2.7"));

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(good, "192.0.2.7")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(null, "192.0.2.7")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("guess.7.x", "192.0.2.8")).Status);
        Service.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("guess.8.x", "192.0.2.7")).Status);
    }

    [Fact]
    public async Task Forged_session_cookies_are_guesses_and_old_ones_are_none()
    {
        var user = Some.Token() with { Id = Guid.NewGuid(), Name = "ada", UserId = Guid.NewGuid() };
        _workspace!.Tokens[user.Id] = user;
        var now = Service.Time.GetUtcNow();
        var good = Service.Issuer.Issue(user, now);
        var ended = Service.Issuer.Issue(user with { Id = Guid.NewGuid() }, now);
        var expired = Service.Issuer.Issue(user with { ExpiresAt = now.AddMinutes(-1) }, now.AddHours(-1));

        for (var i = 0; i < 20; i++)
            foreach (var old in (string[])[ended, expired]) Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(old));
        string[] forged = ["guess", good[..^4] + "AAAA", new string('a', 20_000), "..", "a.b.c"];
        foreach (var text in forged) Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(text));

        foreach (var text in forged) Assert.Equal(HttpStatusCode.TooManyRequests, await WithCookieAsync(text));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync("guess", "192.0.2.11")).Status);
        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync(good));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(ended));
    }

    [Fact]
    public async Task Address_that_a_caller_makes_up_before_the_proxys_is_not_his()
    {
        for (var i = 0; i < 6; i++) await AskAsync("guess", $"203.0.113.{i}, 192.0.2.9");

        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync("guess", "203.0.113.99, 192.0.2.9")).Status);
    }

    private async Task<HttpStatusCode> WithCookieAsync(string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.TryAddWithoutValidation("Cookie", $"carto_session={text}");
        request.Headers.Add("X-Forwarded-For", "192.0.2.11");
        using var answer = await Service.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> AskAsync(string? token, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await Service.Client.SendAsync(request);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta);
    }
}
