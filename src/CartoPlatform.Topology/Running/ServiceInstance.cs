namespace CartoPlatform.Topology.Running;

/// <summary>A process of a platform with everything decided that its specification leaves open.</summary>
/// <param name="Name">Its own name: of several, with a number.</param>
/// <param name="Of">The name of its service or store.</param>
/// <param name="Url">Where it answers; a store's has a scheme other than http.</param>
/// <param name="InternalUrl">Metrics and internal routes.</param>
/// <param name="Program">What is run.</param>
/// <param name="Health">How it is asked whether it can work.</param>
/// <param name="LogFile">Its output.</param>
/// <param name="Environment">Its settings.</param>
internal sealed record ServiceInstance(
    string Name,
    string Of,
    Uri Url,
    Uri InternalUrl,
    ProgramFile Program,
    HealthSpec Health,
    string LogFile,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>A service of the platform; everything else is a store.</summary>
    public bool IsService => Url.Scheme == Uri.UriSchemeHttp;
}
