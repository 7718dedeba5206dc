using System.Net;

namespace CartoPlatform.Forwarding.Tests;

public sealed class ContentSniffingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("X-Content-Type-Options: nosniff\r\n")]
    public async Task Answer_of_a_service_behind_forbids_guessing_at_its_type_once(string header)
    {
        await using var backend = new Backend(_ => $"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n{header}\r\nfine");
        await using var balancer = await BalancerHost.StartAsync(backend.Url);

        using var answer = await balancer.Client.GetAsync("/v3/connections");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Answer_in_place_of_nobody_does_so_too()
    {
        await using var balancer = await BalancerHost.StartAsync(Backend.Nobody());

        using var answer = await balancer.Client.GetAsync("/v3/connections");

        Assert.True((int)answer.StatusCode >= 500, answer.StatusCode.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }
}
