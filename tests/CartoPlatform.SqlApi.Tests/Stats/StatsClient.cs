using System.Net;
using System.Text.Json;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Stats;

/// <summary>A caller of the stats endpoint.</summary>
internal sealed class StatsClient(SqlClient client)
{
    public Task<SqlAnswer> OfTableAsync(string table, string column, string parameters = "") =>
        GetAsync($"{Uri.EscapeDataString(table)}/{Uri.EscapeDataString(column)}?{parameters}");

    public Task<SqlAnswer> OfQueryAsync(string sql, string column, string parameters = "") =>
        GetAsync($"{Uri.EscapeDataString(column)}?q={Uri.EscapeDataString(sql)}&{parameters}");

    public async Task<SqlAnswer> GetAsync(string rest, string connection = SqlFixture.Connection) =>
        await SqlAnswer.ReadAsync(await client.Http.GetAsync(new Uri($"/v3/stats/{connection}/{rest}", UriKind.Relative)));

    /// <summary>The statistics of a table's column.</summary>
    public async Task<JsonElement> StatsAsync(string table, string column, string parameters = "") => Found(await OfTableAsync(table, column, parameters));

    public static JsonElement Found(SqlAnswer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal("application/json; charset=utf-8", answer.Message.Content.Headers.ContentType?.ToString());
        return answer.Json;
    }
}
