using System.Net;
using System.Text.Json;

namespace CartoPlatform.Edge.Tests;

public sealed class LimitedEdge : EdgeFixture
{
    protected override string[] Settings => ["--Limits:Anonymous:RequestsPerMinute=2", "--Proxies:Trusted:0=127.0.0.0/8"];
}

public sealed class AnonymousLimitTests(LimitedEdge edge) : IClassFixture<LimitedEdge>
{
    [Fact]
    public async Task Who_has_no_token_is_limited_by_address_and_the_refusal_can_be_read_by_a_page()
    {
        using var first = await AskAsync("/v3/maps/x", "192.0.2.1");
        using var second = await AskAsync("/api/v3/maps/x", "192.0.2.1");
        using var third = await AskAsync("//v3//maps/x", "192.0.2.1");
        using var other = await AskAsync("/v3/maps/x", "192.0.2.2");
        using var page = await AskAsync("/", "192.0.2.1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode, third.StatusCode));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (other.StatusCode, page.StatusCode));
        Assert.Equal("*", Assert.Single(third.Headers.GetValues("Access-Control-Allow-Origin")));
        var exposed = string.Join(',', third.Headers.GetValues("Access-Control-Expose-Headers"));
        foreach (var name in (string[])["Retry-After", "RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"])
        {
            Assert.True(third.Headers.Contains(name), name);
            Assert.Contains(name, exposed.Split(','), StringComparer.OrdinalIgnoreCase);
        }

        using var body = JsonDocument.Parse(await third.Content.ReadAsStringAsync());
        Assert.Equal(JsonValueKind.String, body.RootElement.GetProperty("error").ValueKind);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.BaseAddress, "/").OriginalString.TrimEnd('/') + path);
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Add("Origin", "https://app.example.org");
        return await edge.Client.SendAsync(request);
    }
}
