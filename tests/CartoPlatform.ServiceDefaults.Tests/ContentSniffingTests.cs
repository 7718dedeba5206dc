using System.Net;
using Microsoft.AspNetCore.Builder;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class ContentSniffingTests
{
    [Theory]
    [InlineData("/text", HttpStatusCode.OK)]
    [InlineData("/health", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/broken", HttpStatusCode.InternalServerError)]
    public async Task Every_answer_is_what_it_says_it_is(string path, HttpStatusCode status)
    {
        await using var service = await TestService.StartAsync(app =>
        {
            app.MapGet("/text", () => "<script>");
            app.MapGet("/broken", string () => throw new InvalidOperationException("broken"));
        });

        using var answer = await service.Client.GetAsync(path);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }
}
