namespace CartoPlatform.Topology;

/// <param name="Http">The service's own port.</param>
/// <param name="Internal">Metrics and internal routes.</param>
public sealed record PortSpec(int Http = 8080, int Internal = 8081);
