namespace CartoPlatform.Testing.Platform;

/// <summary>One process of a running platform.</summary>
/// <param name="Url">Its main address.</param>
/// <param name="InternalUrl">Its second port, for metrics and for the other services.</param>
public sealed record ServiceStatus(string Name, Uri Url, Uri InternalUrl, int? Pid)
{
    /// <summary>Somebody else's program, which does not speak HTTP.</summary>
    public bool IsStore => Url.Scheme != Uri.UriSchemeHttp;
}
