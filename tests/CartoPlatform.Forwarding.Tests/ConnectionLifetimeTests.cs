using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.Forwarding.Tests;

/// <summary>Many instances behind one name: the connection decides which of them is asked.</summary>
public sealed class ConnectionLifetimeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Connection_of_a_certain_age_is_replaced_though_it_never_rests()
    {
        await using var edge = await StartEdgeAsync();
        await using var balancer = await BalancerHost.StartAsync(null, ["--Forwarding:ConnectionLifetime=00:00:00.100"], edge.Urls);
        using var limit = new CancellationTokenSource(Limit);

        var first = await balancer.Client.GetStringAsync("/", limit.Token);
        while (await balancer.Client.GetStringAsync("/", limit.Token) == first)
        {
        }
    }

    [Fact]
    public async Task Younger_connection_is_used_again()
    {
        await using var edge = await StartEdgeAsync();
        await using var balancer = await BalancerHost.StartAsync(null, ["--Forwarding:ConnectionLifetime=01:00:00"], edge.Urls);

        var first = await balancer.Client.GetStringAsync("/");
        for (var request = 0; request < 20; request++) Assert.Equal(first, await balancer.Client.GetStringAsync("/"));
    }

    private static async Task<WebApplication> StartEdgeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Connection.Id, context.RequestAborted));
        await app.StartAsync();
        return app;
    }
}
