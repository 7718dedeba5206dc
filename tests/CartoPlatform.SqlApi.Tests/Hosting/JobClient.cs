using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>A caller of the jobs API.</summary>
public sealed class JobClient(SqlClient sql)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    public async Task<SqlAnswer> TryCreateAsync(string query, JsonNode? queryParameters = null, string connection = SqlFixture.Connection)
    {
        var body = new JsonObject { ["query"] = query };
        if (queryParameters is not null) body["queryParameters"] = queryParameters;
        return await SqlAnswer.ReadAsync(await sql.Http.PostAsJsonAsync(Url($"{connection}/job"), body));
    }

    /// <summary>The id of a new job.</summary>
    public async Task<string> CreateAsync(string query, JsonNode? queryParameters = null)
    {
        var answer = await TryCreateAsync(query, queryParameters);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return answer.Json.GetProperty("jobId").GetString()!;
    }

    public async Task<SqlAnswer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, Url(path)) { Content = content };
        return await SqlAnswer.ReadAsync(await sql.Http.SendAsync(request));
    }

    public Task<SqlAnswer> GetAsync(string id, string connection = SqlFixture.Connection) => SendAsync(HttpMethod.Get, $"{connection}/job/{id}");

    public Task<SqlAnswer> CancelAsync(string id, string connection = SqlFixture.Connection) => SendAsync(HttpMethod.Delete, $"{connection}/job/{id}");

    public async Task<string> StatusAsync(string id) => (await GetAsync(id)).Json.GetProperty("status").GetString()!;

    public Task RunsAsync(string id) => Wait.UntilAsync($"job {id} runs", async () => await StatusAsync(id) == "running", EndLimit);

    /// <summary>The job when it has ended.</summary>
    public async Task<JsonElement> EndAsync(string id)
    {
        await Wait.UntilAsync($"job {id} has ended", async () => await StatusAsync(id) is not ("pending" or "running"), EndLimit);
        return (await GetAsync(id)).Json;
    }

    public async Task<JsonElement> RunAsync(string query, JsonNode? queryParameters = null) => await EndAsync(await CreateAsync(query, queryParameters));

    private static Uri Url(string path) => new($"/v3/sql/{path}", UriKind.Relative);
}
