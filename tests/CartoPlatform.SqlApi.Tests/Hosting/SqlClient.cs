using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>A caller of the SQL API.</summary>
public sealed class SqlClient(HttpClient http)
{
    public HttpClient Http => http;

    public static Uri Url(string sql, string? queryParameters = null, string connection = SqlFixture.Connection, string more = "") => new(
        $"/v3/sql/{connection}/query?q={Uri.EscapeDataString(sql)}"
        + (queryParameters is null ? "" : $"&queryParameters={Uri.EscapeDataString(queryParameters)}") + more,
        UriKind.Relative);

    public async Task<SqlAnswer> GetAsync(string sql, string? queryParameters = null) => await SqlAnswer.ReadAsync(await http.GetAsync(Url(sql, queryParameters)));

    public async Task<SqlAnswer> PostAsync(string sql, JsonNode? queryParameters = null, string connection = SqlFixture.Connection)
    {
        var body = new JsonObject { ["q"] = sql };
        if (queryParameters is not null) body["queryParameters"] = queryParameters;
        return await SqlAnswer.ReadAsync(await http.PostAsJsonAsync(new Uri($"/v3/sql/{connection}/query", UriKind.Relative), body));
    }

    /// <summary>The JSON text of the one value that a query gives.</summary>
    public async Task<string> ValueAsync(string sql, string? queryParameters = null)
    {
        var answer = await GetAsync(sql, queryParameters);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return Assert.Single(Assert.Single(answer.Json.GetProperty("rows").EnumerateArray()).EnumerateObject()).Value.GetRawText();
    }
}

/// <summary>An answer, its body read.</summary>
public sealed record SqlAnswer(HttpStatusCode Status, string Body, HttpResponseMessage Message)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Rows => Json.GetProperty("rows").GetRawText();

    public string Error => Json.GetProperty("error").GetString() ?? "";

    public static async Task<SqlAnswer> ReadAsync(HttpResponseMessage message) => new(message.StatusCode, await message.Content.ReadAsStringAsync(), message);
}
