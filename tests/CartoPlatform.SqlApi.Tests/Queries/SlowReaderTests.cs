using System.Text.Json;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>Callers who take their answers slowly, or not at all, and stay connected.</summary>
public sealed class SlowReaderTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private const int Rows = 199_999;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("geojson")]
    [InlineData("arrow")]
    public async Task Caller_who_stops_reading_and_stays_is_cut_when_the_time_is_over(string format)
    {
        using var host = fixture.Start(("Sql:Limits:TimeLimit", "00:00:01"));
        var sql = $"SELECT /* unread {format} */ repeat('x', 10000) AS v, ST_Point(1, 2, 4326) AS g FROM generate_series(1, {Rows})";
        using var answer = await host.Caller.Http.GetAsync(SqlClient.Url(sql, more: $"&format={format}"), HttpCompletionOption.ResponseHeadersRead);

        using var limit = new CancellationTokenSource(Limit);
        while (await CountAsync($"unread {format}") > 0) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);

        await using var body = await answer.Content.ReadAsStreamAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
        Assert.Equal("1", await host.Caller.ValueAsync("SELECT 1"));
    }

    [Fact]
    public async Task Caller_who_reads_slowly_gets_every_row()
    {
        using var answer = await fixture.Host.Caller.Http.GetAsync(
            SqlClient.Url($"SELECT /* slow */ i, repeat('x', 50) AS v FROM generate_series(1, {Rows}) AS i"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        using var all = new MemoryStream();
        var piece = new byte[256 * 1_024];
        for (int read; (read = await body.ReadAsync(piece)) > 0;)
        {
            await all.WriteAsync(piece.AsMemory(0, read));
            // Something that takes longer than the piece.
            await CountAsync("slow");
        }

        using var json = JsonDocument.Parse(all.ToArray());
        var rows = json.RootElement.GetProperty("rows");
        Assert.Equal(Rows, rows.GetArrayLength());
        Assert.Equal(Rows, rows[Rows - 1].GetProperty("i").GetInt32());
    }

    private async Task<long> CountAsync(string mark)
    {
        await using var command = fixture.Database.Owner.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%/* ' || $1 || ' */%' AND pid <> pg_backend_pid()");
        command.Parameters.AddWithValue(mark);
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }
}
