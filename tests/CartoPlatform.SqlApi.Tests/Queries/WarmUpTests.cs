using System.Net;
using CartoPlatform.SqlApi.Queries;
using CartoPlatform.SqlApi.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

public sealed class WarmUpTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    [Fact]
    public async Task Rows_of_every_pass_are_streamed()
    {
        using var host = fixture.Start(("Sql:Limits:WarmUp", "true"));

        Assert.Equal(20_000, await RowsAsync(host));
    }

    [Fact]
    public async Task Service_without_its_database_starts_cold()
    {
        using var host = fixture.Start(("Sql:Limits:WarmUp", "true"), ("Metadata:ConnectionString", "Host=127.0.0.1;Port=1;Database=none"));

        Assert.Equal(0, await RowsAsync(host));
        Assert.Equal(HttpStatusCode.OK, (await host.Caller.GetAsync("SELECT 1")).Status);
    }

    private static async Task<int> RowsAsync(SqlHost host)
    {
        var warmUp = host.Services.GetServices<IHostedService>().OfType<WarmUp>().Single();
        await (warmUp.ExecuteTask ?? Task.CompletedTask).WaitAsync(TimeSpan.FromSeconds(60));
        return warmUp.Rows;
    }
}
