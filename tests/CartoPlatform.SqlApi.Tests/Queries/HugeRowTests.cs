using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>What a row costs that is far too large. Alone in the process, whose allocations are counted.</summary>
[Collection(Name)]
public sealed class HugeRowTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private const string Name = "alone";

    [Theory]
    [InlineData("SELECT repeat('x', 300000000)")]
    [InlineData("SELECT 1 AS id, repeat('x', $1) AS v, 2 AS w", "[300000000]")]
    [InlineData("SELECT repeat('x', 300000000)::xml AS v")]
    public async Task Row_far_beyond_its_size_is_refused_before_it_is_in_memory(string sql, string? values = null)
    {
        await fixture.Host.Caller.GetAsync("SELECT 1");
        var before = GC.GetTotalAllocatedBytes();

        var answer = await fixture.Host.Caller.GetAsync(sql, values);

        Assert.Equal("A row is larger than 67108864 bytes", answer.Error);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200_000_000);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Host.Caller.GetAsync("SELECT 1")).Status);
    }

    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;
}
