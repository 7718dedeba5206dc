namespace CartoPlatform.Topology.Running;

/// <summary>One process of a platform. The id is null while it is being started again.</summary>
public sealed record RunningService(string Name, Uri Url, Uri InternalUrl, int? ProcessId);
