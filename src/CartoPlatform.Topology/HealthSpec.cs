namespace CartoPlatform.Topology;

/// <summary>How to ask a service whether it can work.</summary>
public sealed record HealthSpec
{
    public string LivePath { get; init; } = "/health";

    public string ReadyPath { get; init; } = "/health/ready";

    /// <summary>Starting on a busy machine with two cores, database migrations included.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(90);
}
