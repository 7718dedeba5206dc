using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace CartoPlatform.Forwarding;

/// <summary>The replicas of one service, as YARP's configuration.</summary>
public static class ReplicaCluster
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    /// <param name="name">The service.</param>
    /// <param name="urls">Its replicas; with none, requests get 503.</param>
    /// <param name="activityTimeLimit">Silence after which a request is given up.</param>
    /// <param name="policy">How one is chosen; null for the less busy of two random ones.</param>
    public static ClusterConfig Of(string name, IReadOnlyList<Uri> urls, TimeSpan activityTimeLimit, string? policy = null) => new()
    {
        ClusterId = name,
        LoadBalancingPolicy = policy,
        Destinations = urls.Count == 0
            ? null
            : urls.Select((url, index) => (Url: url, Name: string.Create(CultureInfo.InvariantCulture, $"{name}-{index + 1}")))
                .ToDictionary(replica => replica.Name, replica => new DestinationConfig { Address = replica.Url.ToString() }),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = activityTimeLimit },
        HealthCheck = urls.Count < 2 ? null : Health,
    };

    // When all of them fail their probes, as when what they share is down, they are still asked: theirs is the better error.
    private static HealthCheckConfig Health { get; } = new()
    {
        AvailableDestinationsPolicy = "HealthyOrPanic",
        Active = new ActiveHealthCheckConfig { Enabled = true, Interval = ProbeInterval, Timeout = ProbeLimit, Policy = Probes.PolicyName, Path = "/health/ready" },
        Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = ConnectionFailurePolicy.PolicyName, ReactivationPeriod = Rest },
    };
}
