using System.Net;
using CartoPlatform.ServiceDefaults.Early;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.ServiceDefaults.Tests;

/// <summary>What may be answered before the host makes anything of a request, and what may not.</summary>
public sealed class EarlyTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Request_is_answered_early_or_goes_the_whole_way_over_one_connection()
    {
        await using var service = await StartAsync();
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal("early", await service.Client.GetStringAsync("/early"));
            Assert.Equal("late", await service.Client.GetStringAsync("/late"));
        }
    }

    [Theory]
    [InlineData("X-Forwarded-For", "1.2.3.4")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "a.example")]
    [InlineData("X-Forwarded-Prefix", "/a")]
    public async Task Request_that_a_proxy_forwarded_goes_the_whole_way(string name, string value)
    {
        await using var service = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/early");
        request.Headers.Add(name, value);
        using var answer = await service.Client.SendAsync(request);
        Assert.Equal("late", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Service_that_ends_answers_nothing_early()
    {
        await using var service = await StartAsync("--Drain:Time=00:05:00");
        using var impatient = new CancellationTokenSource();
        var stopping = service.StopAsync(impatient.Token);
        await UntilLateAsync(service.Client).WaitAsync(Limit);
        await impatient.CancelAsync();
        await stopping;
    }

    [Fact]
    public async Task Early_answer_that_fails_is_an_error_of_this_request_alone()
    {
        await using var service = await StartAsync();
        using (var failed = await service.Client.GetAsync("/fails")) Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("early", await service.Client.GetStringAsync("/early"));
        Assert.Equal("late", await service.Client.GetStringAsync("/late"));
    }

    private static async Task UntilLateAsync(HttpClient client)
    {
        while (await client.GetStringAsync("/early") != "late") await Task.Yield();
    }

    private static Task<TestService> StartAsync(params string[] settings) => TestService.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<Answers>();
            builder.AddEarlyAnswers<Answers>();
        },
        app =>
        {
            app.MapGet("/early", () => "late");
            app.MapGet("/late", () => "late");
        },
        settings);

    private sealed class Answers : IEarlyAnswers
    {
        public Task? TryAnswer(IFeatureCollection features) => features.GetRequiredFeature<IHttpRequestFeature>().Path switch
        {
            "/early" => features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync("early"u8.ToArray()).AsTask(),
            "/fails" => throw new InvalidOperationException("On purpose"),
            _ => null,
        };
    }
}
