using System.Text.Json.Nodes;

namespace CartoPlatform.Cli.Platforms;

/// <summary>What runs on a data folder now, asked rather than remembered.</summary>
internal sealed record PlatformStatus(DataFolder Data, RunRecord? Run, string State, JsonObject? Dependencies)
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

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = AnswerLimit };
        var answers = await Task.WhenAll(run.Services.Select(service => AskAsync(client, service, cancellationToken)));
        var isHealthy = run.Services.Zip(answers).All(one => one.First.Process is { IsAlive: true } && one.Second.IsReady);
        return new PlatformStatus(data, run, isHealthy ? Healthy : "unhealthy", Together(answers.Select(answer => answer.Dependencies)));
    }

    /// <summary>A dependency of several services is told once.</summary>
    private static JsonObject Together(IEnumerable<JsonObject?> dependencies)
    {
        var all = new JsonObject();
        foreach (var (name, dependency) in dependencies.OfType<JsonObject>().SelectMany(one => one))
            all[name] = dependency?.DeepClone();
        return all;
    }

    private static async Task<(bool IsReady, JsonObject? Dependencies)> AskAsync(HttpClient client, RunService service, CancellationToken cancellationToken)
    {
        // A store beside the services: its process is all that is asked for.
        if (service.Url.Scheme != Uri.UriSchemeHttp)
            return (true, null);

        try
        {
            // Where names of connections are told.
            using var response = await client.GetAsync(new Uri(service.InternalUrl, "/health/ready"), cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return (response.IsSuccessStatusCode, body.StartsWith('{') ? JsonNode.Parse(body)?["dependencies"] as JsonObject : null);
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (false, null);
        }
    }
}
