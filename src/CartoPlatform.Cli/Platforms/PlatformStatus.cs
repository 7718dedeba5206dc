using System.Text.Json.Nodes;

namespace CartoPlatform.Cli.Platforms;

/// <summary>What runs on a data folder now, asked rather than remembered.</summary>
internal sealed record PlatformStatus(DataFolder Data, RunRecord? Run, string State, JsonNode? Dependencies)
{
    public const string Stopped = "stopped";
    public const string Healthy = "healthy";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public bool IsHealthy => State == Healthy;

    public static async Task<PlatformStatus> AskAsync(DataFolder data, CancellationToken cancellationToken)
    {
        if (PlatformLock.Holder(data) is not { } holder)
            return new PlatformStatus(data, null, Stopped, null);

        // A record of an earlier supervisor is no news about this one.
        if (RunFile.Read(data) is not { } run || run.Supervisor != holder)
            return new PlatformStatus(data, null, "starting", null);

        if (run.State != RunState.Ready)
            return new PlatformStatus(data, run, run.State == RunState.Starting ? "starting" : "stopping", null);

        var (isReady, dependencies) = await AskAsync(run, cancellationToken);
        var isComplete = run.Services.All(service => service.Process is { IsAlive: true });
        return new PlatformStatus(data, run, isReady && isComplete ? Healthy : "unhealthy", dependencies);
    }

    private static async Task<(bool IsReady, JsonNode? Answer)> AskAsync(RunRecord run, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = AnswerLimit };
        try
        {
            using var response = await client.GetAsync(new Uri(run.BaseUrl + "/health/ready"), cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return (response.IsSuccessStatusCode, body.StartsWith('{') ? JsonNode.Parse(body)?["dependencies"]?.DeepClone() : null);
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (false, null);
        }
    }
}
