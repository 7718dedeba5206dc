using System.Text.Json.Serialization;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Platforms;

/// <summary>What runs on a data folder: run.json, which the supervisor keeps current and others read.</summary>
internal sealed record RunRecord
{
    public required string Version { get; init; }

    public required string Topology { get; init; }

    public required RunState State { get; init; }

    public required string BaseUrl { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required ProcessIdentity Supervisor { get; init; }

    public RunDatabase? Database { get; init; }

    public IReadOnlyList<RunService> Services { get; init; } = [];
}

/// <summary>The process is null where it is out of sight, in a container on another (virtual) machine.</summary>
internal sealed record RunDatabase(int Port, ProcessIdentity? Process)
{
    public bool MayBeAlive => Process?.IsAlive ?? true;
}

internal sealed record RunService(string Name, Uri Url, Uri InternalUrl, ProcessIdentity? Process);

internal enum RunState
{
    Starting,
    Ready,
    Stopping,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(ProcessIdentity))]
internal sealed partial class RunJson : JsonSerializerContext;
