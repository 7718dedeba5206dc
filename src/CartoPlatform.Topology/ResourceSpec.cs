namespace CartoPlatform.Topology;

/// <summary>What a service may take where the operator of processes can limit it (containers, systemd).</summary>
/// <param name="MemoryMegabytes">A hard limit.</param>
/// <param name="Cpus">A share of the machine's processors.</param>
public sealed record ResourceSpec(int MemoryMegabytes = 512, double Cpus = 1);
