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
        var (known, unknown) = (await MakeTokenAsync(status), await MakeTokenAsync(status));
        foreach (var path in Paths) Assert.Equal(HttpStatusCode.OK, (await AskAsync(status, known, path)).StatusCode);

        // Stopped, not killed: a killed one would be started again at once.
        var process = status.Services.Single(service => service.Name == "workspace-api").Pid ?? 0;
        await SignalAsync("STOP", process);
        try
        {
            // What was asked for before, and what was not.
            foreach (var path in Paths) Assert.Equal(HttpStatusCode.OK, (await AskAsync(status, known, path)).StatusCode);
            foreach (var path in Paths) Assert.Equal(HttpStatusCode.OK, (await AskAsync(status, known, path.Replace("+1+", "+2+", StringComparison.Ordinal))).StatusCode);
            var refused = await AskAsync(status, unknown);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(JsonNode.Parse(await refused.Content.ReadAsStringAsync())?["error"]);
        }
        finally
        {
            await SignalAsync("CONT", process);
        }

        await Wait.UntilAsync("unknown tokens are looked up again", async () => (await AskAsync(status, unknown)).StatusCode == HttpStatusCode.OK, RecoveryLimit);
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
