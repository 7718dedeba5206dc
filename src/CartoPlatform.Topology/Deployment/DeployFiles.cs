namespace CartoPlatform.Topology.Deployment;

/// <summary>The files under <c>deploy/</c> that follow from the records, by their paths there.</summary>
public static class DeployFiles
{
    /// <summary>For operators: developers have the process runner.</summary>
    private static readonly string[] NotDeployed = [Topologies.Services.Name];

    public static IReadOnlyList<TopologySpec> Deployed { get; } =
        [.. Topologies.All.Where(topology => !NotDeployed.Contains(topology.Name, StringComparer.Ordinal))];

    public static IReadOnlyDictionary<string, string> All { get; } = Deployed.SelectMany(Of).ToDictionary(StringComparer.Ordinal);

    internal static IEnumerable<KeyValuePair<string, string>> Of(TopologySpec topology) =>
    [
        .. ComposeFile.Of(topology).Select(file => KeyValuePair.Create($"{topology.Name}/{file.Key}", file.Value)),
        KeyValuePair.Create($"helm/values-{topology.Name}.yaml", HelmValues.Of(topology)),
    ];
}
