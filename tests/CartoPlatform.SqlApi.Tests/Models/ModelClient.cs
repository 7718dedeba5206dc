using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>Asks for models as the client library does.</summary>
internal static class ModelClient
{
    /// <summary>By GET, with JSON in the parameters.</summary>
    /// <param name="client">The caller.</param>
    /// <param name="model">Its name.</param>
    /// <param name="source">A table, or SQL if it holds a blank.</param>
    /// <param name="parameters">The model's <c>params</c>, as JSON.</param>
    /// <param name="more">Other parameters.</param>
    public static async Task<SqlAnswer> ModelAsync(
        this SqlClient client, string model, string source, string parameters, params IEnumerable<(string Name, string Value)> more)
    {
        (string Name, string Value)[] all = [("source", source), ("params", parameters), .. more];
        if (!more.Any(parameter => parameter.Name == "type")) all = [("type", source.Contains(' ', StringComparison.Ordinal) ? "query" : "table"), .. all];
        var query = string.Join('&', all.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
        return await SqlAnswer.ReadAsync(await client.Http.GetAsync(new Uri($"/v3/sql/{SqlFixture.Connection}/model/{model}?{query}", UriKind.Relative)));
    }

    /// <summary>By POST, with native JSON.</summary>
    public static async Task<SqlAnswer> PostModelAsync(this SqlClient client, string model, JsonObject body, string connection = SqlFixture.Connection) =>
        await SqlAnswer.ReadAsync(await client.Http.PostAsJsonAsync(new Uri($"/v3/sql/{connection}/model/{model}", UriKind.Relative), body));

    /// <summary>The rows of an answer that must be one.</summary>
    public static async Task<string> RowsAsync(
        this SqlClient client, string model, string source, string parameters, params IEnumerable<(string Name, string Value)> more)
    {
        var answer = await client.ModelAsync(model, source, parameters, more);
        Assert.True(answer.Status == System.Net.HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}");
        return answer.Rows;
    }

    /// <summary>The whole body of an answer that must be one.</summary>
    public static async Task<string> BodyAsync(
        this SqlClient client, string model, string source, string parameters, params IEnumerable<(string Name, string Value)> more)
    {
        var answer = await client.ModelAsync(model, source, parameters, more);
        Assert.True(answer.Status == System.Net.HttpStatusCode.OK, $"{(int)answer.Status} {answer.Body}");
        return answer.Body;
    }
}
