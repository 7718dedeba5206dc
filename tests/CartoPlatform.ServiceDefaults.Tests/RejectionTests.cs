using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Tests;

/// <summary>Requests that the server refuses before the application sees them.</summary>
public sealed class RejectionTests
{
    public static TheoryData<string, int> Rejected => new()
    {
        { "GET /%00 HTTP/1.1\r\nHost: here\r\n\r\n", 400 },
        { "GET /a%00b HTTP/1.1\r\nHost: here\r\nOrigin: https://elsewhere.example\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: here\r\nno header\r\n\r\n", 400 },
        { "nonsense\r\n\r\n", 400 },
        { $"GET /{new string('x', 9_000)} HTTP/1.1\r\nHost: here\r\n\r\n", 414 },
        { $"GET / HTTP/1.1\r\nHost: here\r\nLong: {new string('x', 40_000)}\r\n\r\n", 431 },
        { $"GET / HTTP/1.1\r\nHost: here\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"h{i}: 1\r\n"))}\r\n", 431 },
    };

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task Request_that_no_application_sees_is_answered_in_the_contracts_shape(string request, int status)
    {
        await using var service = await TestService.StartAsync(_ => { });

        var (head, body) = await SendAsync(service, request);

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} "), head, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", head, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", head, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}"), head, StringComparison.Ordinal);
        Assert.NotEmpty(JsonDocument.Parse(body).RootElement.GetProperty("error").GetString() ?? "");
    }

    [Theory]
    [InlineData("fffffffffffffffff")]
    [InlineData("no size")]
    public async Task Chunk_of_a_size_that_is_none_is_the_callers_mistake(string size)
    {
        await using var service = await TestService.StartAsync(app => app.MapPost("/read", async (HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null)));

        var (head, _) = await SendAsync(service, $"POST /read HTTP/1.1\r\nHost: here\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nx\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_answer_of_the_application_stays_empty()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/empty", (HttpContext context) =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers["X-Own"] = "1";
            context.Response.ContentLength = 0;
        }));

        var (head, body) = await SendAsync(service, "GET /empty HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 418", head, StringComparison.Ordinal);
        Assert.Empty(body);
    }

    private static async Task<(string Head, string Body)> SendAsync(TestService service, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(service.Addresses[0].Host, service.Addresses[0].Port);
        await using var stream = client.GetStream();
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            await stream.CopyToAsync(answer);
        }
        catch (IOException)
        {
            // The server has closed while it was still being written to: what it said before is what counts.
        }

        var parts = Encoding.ASCII.GetString(answer.ToArray()).Split("\r\n\r\n", 2);
        return (parts[0], parts.ElementAtOrDefault(1) ?? "");
    }
}
