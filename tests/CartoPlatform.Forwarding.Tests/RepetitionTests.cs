using System.Net;
using System.Text;

namespace CartoPlatform.Forwarding.Tests;

public sealed class RepetitionTests
{
    private const int Requests = 20;

    public static TheoryData<string, string> Reading => new()
    {
        { "GET", "/v3/maps/carto_dw/table/1/0/0" },
        { "GET", "/v3/sql/carto_dw/query" },
        { "HEAD", "/v3/connections" },
        { "OPTIONS", "/v3/maps/carto_dw/query" },
        { "POST", "/v3/maps/carto_dw/query" },
        { "POST", "/v3/sql/carto_dw/model/formula" },
    };

    public static TheoryData<string, string> Writing => new()
    {
        { "POST", "/v3/sql/carto_dw/query" },
        { "POST", "/v3/sql/carto_dw/job" },
        { "POST", "/v3/sql/carto_dw/modeller" },
        { "PATCH", "/v3/maps" },
    };

    [Theory]
    [MemberData(nameof(Reading))]
    [MemberData(nameof(Writing))]
    public async Task Instance_that_is_not_there_costs_no_request(string method, string path)
    {
        await using var alive = new Backend(_ => Backend.Answer("fine"));
        await using var balancer = await BalancerHost.StartAsync(Backend.Nobody(), alive.Url);

        for (var request = 0; request < Requests; request++)
        {
            using var answer = await SendAsync(balancer, method, path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(Requests, alive.Requests);
    }

    [Theory]
    [MemberData(nameof(Reading))]
    public async Task Reading_request_that_an_instance_dropped_goes_to_another_with_its_body(string method, string path)
    {
        var bodies = new List<string>();
        await using var dying = new Backend(_ => null);
        await using var alive = new Backend(request =>
        {
            lock (bodies) bodies.Add(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
            return Backend.Answer("fine");
        });
        await using var balancer = await BalancerHost.StartAsync(dying.Url, alive.Url);

        for (var request = 0; request < Requests; request++)
        {
            using var answer = await SendAsync(balancer, method, path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.NotEqual(0, dying.Requests);
        Assert.All(bodies, body => Assert.Equal(method == "POST" ? Body : "", body));
    }

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task Writing_request_that_may_have_arrived_is_not_sent_twice(string method, string path)
    {
        await using var one = new Backend(_ => null);
        await using var other = new Backend(_ => null);
        await using var balancer = await BalancerHost.StartAsync(one.Url, other.Url);

        using var answer = await SendAsync(balancer, method, path);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(1, one.Requests + other.Requests);
    }

    [Fact]
    public async Task Answer_that_has_begun_is_not_begun_again()
    {
        var cut = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 200_000);
        await using var one = new Backend(_ => cut);
        await using var other = new Backend(_ => cut);
        await using var balancer = await BalancerHost.StartAsync(one.Url, other.Url);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => balancer.Client.GetStringAsync("/v3/maps/carto_dw/table"));

        Assert.Equal(1, one.Requests + other.Requests);
    }

    [Fact]
    public async Task Nobody_at_all_is_502_in_the_contracts_shape_and_readable_by_browsers()
    {
        await using var balancer = await BalancerHost.StartAsync(Backend.Nobody(), Backend.Nobody());

        using var answer = await balancer.Client.GetAsync("/v3/maps/carto_dw/table");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("\"error\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Error_of_an_instance_is_its_answer()
    {
        await using var one = new Backend(_ => Backend.Answer("""{"error":"busy"}""", 503));
        await using var other = new Backend(_ => Backend.Answer("""{"error":"busy"}""", 503));
        await using var balancer = await BalancerHost.StartAsync(one.Url, other.Url);

        using var answer = await balancer.Client.GetAsync("/v3/sql/carto_dw/query");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"error":"busy"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, one.Requests + other.Requests);
    }

    private const string Body = """{"q":"SELECT 1"}""";

    private static async Task<HttpResponseMessage> SendAsync(BalancerHost balancer, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PATCH") request.Content = new StringContent(Body, Encoding.UTF8, "application/json");
        return await balancer.Client.SendAsync(request);
    }
}
