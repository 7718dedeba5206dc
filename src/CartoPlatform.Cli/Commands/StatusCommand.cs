using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;

namespace CartoPlatform.Cli.Commands;

internal static class StatusCommand
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = new Option<bool>("--json") { Description = "One JSON object: baseUrl, token, connection, postgres, dataDir, version, state and more." };
        var command = new Command("status", "Say what runs, and where. Exits 0 if it is healthy, 3 if it does not run, 1 if it is starting or unhealthy.") { data, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(PlatformSettings.ReadData(parsed.GetValue(data)), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DataFolder data, bool asJson, CancellationToken cancellationToken)
    {
        var status = await PlatformStatus.AskAsync(data, cancellationToken);
        Console.WriteLine(asJson ? Json(status).ToJsonString(Readable) : Text(status));
        return status.State switch
        {
            PlatformStatus.Healthy => ExitCodes.Success,
            PlatformStatus.Stopped => ExitCodes.NotRunning,
            _ => ExitCodes.Failure,
        };
    }

    private static string Text(PlatformStatus status)
    {
        if (status.Run is not { } run)
            return status.State == PlatformStatus.Stopped ? $"Nothing runs on {status.Data.Path}." : $"CartoPlatform is {status.State} on {status.Data.Path}.";

        var lines = new List<string>
        {
            $"CartoPlatform {run.Version} is {status.State} ({run.Topology}) at {run.BaseUrl}",
            $"  data folder    {status.Data.Path}",
            $"  database       {(ExternalDatabase.Describe(status.Data) is { } outside ? $"{outside}, outside" : Where(run.Database))}",
        };
        lines.AddRange(run.Services.Select(service => $"  {service.Name,-14} {service.Url}, process {service.Process?.Id}{Dead(service.Process is { IsAlive: true })}"));
        return string.Join(Environment.NewLine, lines);
    }

    private static string Where(RunDatabase? database) => database switch
    {
        null => "not started",
        { Process: { } process } => $"{ClusterConnections.Host}:{database.Port}, process {process.Id}{Dead(process.IsAlive)}",
        _ => $"{ClusterConnections.Host}:{database.Port}, in a container",
    };

    private static string Dead(bool isAlive) => isAlive ? "" : " (not running)";

    private static JsonObject Json(PlatformStatus status)
    {
        var run = status.Run;
        var services = (run?.Services ?? []).Select(service => (JsonNode)new JsonObject
        {
            ["name"] = service.Name,
            ["url"] = service.Url.GetLeftPart(UriPartial.Authority),
            ["internalUrl"] = service.InternalUrl.GetLeftPart(UriPartial.Authority),
            ["pid"] = service.Process?.Id,
        });
        return new JsonObject
        {
            ["state"] = status.State,
            ["baseUrl"] = run?.BaseUrl,
            ["token"] = run is not null && File.Exists(status.Data.OwnerTokenFile) ? File.ReadAllText(status.Data.OwnerTokenFile).Trim() : null,
            ["connection"] = PlatformLogins.DataDatabase,
            ["postgres"] = run is null ? null : RunningDatabase.Of(status.Data, run)?.OwnerUri,
            ["dataDir"] = status.Data.Path,
            ["version"] = run?.Version ?? ProductVersion.Current,
            ["topology"] = run?.Topology,
            ["startedAt"] = run?.StartedAt.ToString("O"),
            ["services"] = new JsonArray([.. services]),
            ["dependencies"] = status.Dependencies?.DeepClone(),
        };
    }
}
