using System.Net;

namespace CartoPlatform.Topology.Running;

/// <summary>What the process runner must know about this machine and this platform.</summary>
public sealed record RunSettings
{
    /// <summary>Where the entry service listens. All others listen on loopback.</summary>
    public required IPAddress Bind { get; init; }

    public required int Port { get; init; }

    /// <summary>The folder of an assembly, given the name of its project.</summary>
    public required Func<string, string> BinaryFolder { get; init; }

    /// <summary>One file per service is written here.</summary>
    public required string LogFolder { get; init; }

    /// <summary>Folders of stores that run beside the services are made here.</summary>
    public required string StateFolder { get; init; }

    /// <summary>
    /// Whether the services were given a Redis of somebody else's (settings <c>Redis__…</c>, which they inherit): then none is started.
    /// </summary>
    public bool HasRedisOutside { get; init; }

    /// <summary>The topology's name, for people.</summary>
    public required string Topology { get; init; }

    /// <summary>Gives a port of loopback that is free now.</summary>
    public required Func<int> FindPort { get; init; }

    /// <summary>Values of references, by the names in <see cref="Reference"/>; URLs the runner knows itself.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }
}
