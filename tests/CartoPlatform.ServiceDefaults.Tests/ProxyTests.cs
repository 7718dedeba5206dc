using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Tests;

/// <summary>Of what a proxy says, addresses are made that callers follow.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("Proto", "https", "https://HERE/")]
    [InlineData("Proto", "HTTPS", "https://HERE/")]
    [InlineData("Proto", "javascript", "http://HERE/")]
    [InlineData("Proto", "https:", "http://HERE/")]
    [InlineData("Proto", "javascript, https", "http://HERE/")]
    [InlineData("Host", "maps.example.org", "http://maps.example.org/")]
    [InlineData("Host", "maps.example.org:8443", "http://maps.example.org:8443/")]
    [InlineData("Host", "192.0.2.1:80", "http://192.0.2.1:80/")]
    [InlineData("Host", "[2001:db8::1]:8443", "http://[2001:db8::1]:8443/")]
    [InlineData("Host", "maps.example.org/evil", "http://HERE/")]
    [InlineData("Host", "user@maps.example.org", "http://HERE/")]
    [InlineData("Host", "maps.example.org:port", "http://HERE/")]
    [InlineData("Host", "maps.example.org:99999", "http://HERE/")]
    [InlineData("Host", "maps.example.org:", "http://HERE/")]
    [InlineData("Host", "2001:db8::1", "http://HERE/")]
    [InlineData("Host", "a b", "http://HERE/")]
    [InlineData("Host", "<script>", "http://HERE/")]
    [InlineData("Prefix", "/carto", "http://HERE/carto/")]
    [InlineData("Prefix", "/carto/maps", "http://HERE/carto/maps/")]
    [InlineData("Prefix", "//elsewhere.example", "http://HERE/")]
    [InlineData("Prefix", "/a//b", "http://HERE/")]
    [InlineData("Prefix", "/../x", "http://HERE/")]
    [InlineData("Prefix", "/a?b", "http://HERE/")]
    [InlineData("Prefix", "/\\elsewhere", "http://HERE/")]
    [InlineData("Prefix", "carto", "http://HERE/")]
    public async Task What_can_be_no_part_of_an_address_is_passed_over(string header, string value, string expected)
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/", Tell));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation($"X-Forwarded-{header}", value);

        using var answer = await service.Client.SendAsync(request);

        var told = (await answer.Content.ReadAsStringAsync()).Replace("HTTPS:", "https:", StringComparison.Ordinal);
        Assert.Equal(expected.Replace("HERE", service.Addresses[0].Authority, StringComparison.Ordinal), told);
    }

    private static string Tell(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}/";
}
