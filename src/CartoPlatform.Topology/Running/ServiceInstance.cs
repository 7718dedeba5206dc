namespace CartoPlatform.Topology.Running;

/// <summary>A service with everything decided that its specification leaves open.</summary>
internal sealed record ServiceInstance(
    string Name,
    ServiceSpec Spec,
    Uri Url,
    Uri InternalUrl,
    string Assembly,
    string LogFile,
    IReadOnlyDictionary<string, string> Environment);
