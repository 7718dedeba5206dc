using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Maps;

/// <summary>What tests of maps do, in one line each.</summary>
internal static class MapSteps
{
    public const string Airports = """{"id":"d1","type":"table","source":"demo.airports","connectionName":"carto_dw","geoColumn":"geom"}""";

    public const string Config = """{"version":"v1","config":{"mapState":{},"mapStyle":{},"visState":{"layers":[]}}}""";

    public static async Task<HttpResponseMessage> CallAsync(
        this WorkspaceService service, HttpMethod method, string path, string? token, string? json = null, string? password = null)
    {
        using var client = service.CreatePublicClient();
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (password is not null) request.Headers.Add("X-Map-Password", password);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }

    public static async Task<JsonElement> OkAsync(this Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return answer.StatusCode == HttpStatusCode.NoContent ? default : await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static async Task<string> RefusedAsync(this Task<HttpResponseMessage> sending, HttpStatusCode status)
    {
        using var answer = await sending;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("error").GetString()!;
    }

    public static async Task<string> CreateMapAsync(this RunningPlatform running, string members = "")
    {
        var more = members.Length > 0 ? $",{members}" : "";
        var document = $$$"""{"title":"A map","datasets":[{{{Airports}}}],"keplerMapConfig":{{{Config}}}{{{more}}}}""";
        var map = await running.Service.CallAsync(HttpMethod.Post, "/v3/maps", running.Platform.ReadOwnerToken(), document).OkAsync();
        return map.GetProperty("id").GetString()!;
    }

    public static Task<HttpResponseMessage> AsOwnerAsync(this RunningPlatform running, HttpMethod method, string path, string? json = null) =>
        running.Service.CallAsync(method, path, running.Platform.ReadOwnerToken(), json);
}
