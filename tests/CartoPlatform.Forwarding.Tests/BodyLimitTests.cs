using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CartoPlatform.Forwarding.Tests;

public sealed class BodyLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The sender waits for the answer before the rest: the answer must not wait for the rest either.</summary>
    [Theory]
    [InlineData("Content-Length: 1000000000\r\n\r\n{")]
    [InlineData("Content-Length: 33554433\r\n\r\n")]
    public async Task Body_over_the_limit_is_413_before_it_has_come(string rest)
    {
        await using var edge = new Backend(_ => Backend.Answer("fine"));
        await using var balancer = await BalancerHost.StartAsync(edge.Url, edge.Url);

        var answer = await AskAsync(balancer, "POST /v3/sql/carto_dw/query HTTP/1.1\r\nHost: x\r\nOrigin: https://maps.example.org\r\n" + rest);

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *", answer, StringComparison.Ordinal);
        Assert.Contains("{\"error\":\"The request body is too large\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_under_the_limit_passes()
    {
        await using var edge = new Backend(_ => Backend.Answer("fine"));
        await using var balancer = await BalancerHost.StartAsync(edge.Url);

        using var content = new ByteArrayContent(new byte[1_048_576]);
        using var answer = await balancer.Client.PostAsync("/v3/sql/carto_dw/query", content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Sends what there is and reads until the answer's error has come.</summary>
    private static async Task<string> AskAsync(BalancerHost balancer, string request)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        var address = balancer.Client.BaseAddress!; // Set by the host.
        await client.ConnectAsync(address.Host, address.Port, limit.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        while (!answer.ToString().Contains('}', StringComparison.Ordinal) && await stream.ReadAsync(buffer, limit.Token) is > 0 and var read)
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return answer.ToString();
    }
}
