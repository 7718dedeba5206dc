using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>Without the Workspace API nothing stops but administration, and nobody gets in who was not known.</summary>
public sealed class WorkspaceOutageTests
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(1);

    // A query, a widget and a tile.
    private static readonly string[] Paths =
    [
        "/v3/sql/carto_dw/query?q=SELECT+1+AS+n",
        "/v3/sql/carto_dw/model/formula?type=query&source=SELECT+1+AS+n&params=%7B%22column%22%3A%22n%22%2C%22operation%22%3A%22sum%22%7D",
        "/v3/maps/carto_dw/query/0/0/0?q=SELECT+1+AS+n,ST_SetSRID(ST_Point(1,1),4326)+AS+geom",
    ];

    [Fact]
    public async Task Known_tokens_go_on_and_unknown_ones_get_503()
    {
        await using var platform = new TestPlatform(Topologies.Services);
        var status = await platform.UpAsync("--no-sample");
        var machine = await MakeMachineAsync(status);
        string[] known = [await MakeTokenAsync(status), await IssueAsync(status, machine)];
        string[] unknown = [await MakeTokenAsync(status), await IssueAsync(status, machine)];
        foreach (var token in known)
        {
            foreach (var path in Paths) await AssertAnsweredAsync(status, token, path);
        }

        // Stopped, not killed: a killed one would be started again at once.
        var process = status.Services.Single(service => service.Name == "workspace-api").Pid ?? 0;
        await SignalAsync("STOP", process);
        try
        {
            foreach (var token in known)
            {
                // What was asked for before, and what was not.
                foreach (var path in Paths) await AssertAnsweredAsync(status, token, path);
                foreach (var path in Paths) await AssertAnsweredAsync(status, token, path.Replace("+1+", "+2+", StringComparison.Ordinal));
            }

            foreach (var token in unknown)
            {
                var refused = await AskAsync(status, token);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                Assert.NotNull(JsonNode.Parse(await refused.Content.ReadAsStringAsync())?["error"]);
            }
        }
        finally
        {
            await SignalAsync("CONT", process);
        }

        foreach (var token in unknown)
            await Wait.UntilAsync("unknown tokens are looked up again", async () => (await AskAsync(status, token)).StatusCode == HttpStatusCode.OK, RecoveryLimit);

        // There is no Redis here: a revocation is answered when it holds all the same, what is warm included.
        using var owner = TestPlatform.CreateClient(status);
        using var revoked = await owner.DeleteAsync($"/v3/tokens/{known[0]}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        foreach (var path in Paths) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(status, known[0], path)).StatusCode);

        // One that dies is started again; nobody who is known notices.
        await SignalAsync("KILL", process);
        foreach (var path in Paths) await AssertAnsweredAsync(status, known[1], path.Replace("+1+", "+3+", StringComparison.Ordinal));
    }

    private static async Task<(string Id, string Secret)> MakeMachineAsync(PlatformStatus status)
    {
        using var client = TestPlatform.CreateClient(status);
        using var body = new StringContent($$"""{"name":"machine","grants":[{"connection_name":"{{status.Connection}}"}]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v3/oauth-clients", body);
        var made = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (made["client_id"]!.ToString(), made["client_secret"]!.ToString());
    }

    private static async Task<string> IssueAsync(PlatformStatus status, (string Id, string Secret) machine)
    {
        using var client = new HttpClient { BaseAddress = new Uri(status.BaseUrl) };
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", machine.Id), new("client_secret", machine.Secret)]);
        using var answer = await client.PostAsync("/oauth/token", form);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.ToString();
    }

    private static async Task<string> MakeTokenAsync(PlatformStatus status)
    {
        using var client = TestPlatform.CreateClient(status);
        using var body = new StringContent($$"""{"grants":[{"connection_name":"{{status.Connection}}"}],"allowed_apis":["sql","maps"]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v3/tokens", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!["token"]!.ToString();
    }

    private static async Task AssertAnsweredAsync(PlatformStatus status, string token, string path)
    {
        using var answer = await AskAsync(status, token, path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode} to {path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task<HttpResponseMessage> AskAsync(PlatformStatus status, string token, string? path = null)
    {
        using var client = TestPlatform.CreateClient(status);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.GetAsync(path ?? Paths[0]);
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
