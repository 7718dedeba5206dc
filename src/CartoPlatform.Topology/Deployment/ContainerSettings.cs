using System.Globalization;
using System.Text.RegularExpressions;

namespace CartoPlatform.Topology.Deployment;

/// <summary>A service's settings where it runs in a container: plain ones, and those that come as files of secrets.</summary>
internal sealed partial class ContainerSettings
{
    private ContainerSettings(IReadOnlyDictionary<string, string> plain, IReadOnlyDictionary<string, string> secrets) => (Plain, Secrets) = (plain, secrets);

    public IReadOnlyDictionary<string, string> Plain { get; }

    /// <summary>Name of the setting to name of the secret.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; }

    /// <param name="topology">Where the service stands.</param>
    /// <param name="service">The service.</param>
    /// <param name="hostsOf">The names of a service's instances.</param>
    /// <param name="nameOf">The name of a store's instance, by its name in the records.</param>
    public static ContainerSettings Of(
        TopologySpec topology, ServiceSpec service, Func<ServiceSpec, IEnumerable<string>> hostsOf, Func<string, string>? nameOf = null)
    {
        var plain = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var secrets = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? LookUp(string reference) => reference.Split(':') switch
        {
            ["url", var other] => Urls(hostsOf(topology[other]), topology[other].Ports.Http),
            ["internal", var other] => Urls(hostsOf(topology[other]), topology[other].Ports.Internal),
            ["address", var instance] => string.Create(CultureInfo.InvariantCulture, $"{nameOf?.Invoke(instance) ?? instance}:{PortOf(topology, instance)}"),
            // Images bring the pages, and the owner's token is asked for (--owner-token).
            _ => null,
        };
        foreach (var (name, template) in service.Environment)
        {
            if (SecretOf(template) is { } secret) secrets[name] = secret;
            else if (!IsImages(name) && !IsFile(template) && Reference.Resolve(template, LookUp) is { } value) plain[name] = value;
        }

        return new ContainerSettings(plain, secrets);
    }

    /// <summary>The secret that a setting is all of: <c>signing-key</c>, <c>metadata-connection</c>.</summary>
    public static string? SecretOf(string template) => Whole().Match(template) switch
    {
        { Success: true } match when match.Groups["kind"].Value == "secret" => match.Groups["name"].Value,
        { Success: true } match => match.Groups["name"].Value + "-connection",
        _ => null,
    };

    /// <summary>What the Dockerfile sets for all.</summary>
    private static bool IsImages(string setting) => setting.StartsWith("DOTNET_", StringComparison.Ordinal) || setting.StartsWith("ASPNETCORE_", StringComparison.Ordinal);

    private static bool IsFile(string template) => template == Reference.To(Reference.OwnerTokenFile);

    private static string Urls(IEnumerable<string> hosts, int port) =>
        string.Join(';', hosts.Select(host => string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}")));

    private static int PortOf(TopologySpec topology, string instance) =>
        topology.Stores.First(store => instance == store.Name || instance.StartsWith(store.Name + "-", StringComparison.Ordinal) && store.Replicas > 1).Port;

    [GeneratedRegex(@"^\{(?<kind>secret|connection):(?<name>[a-z0-9-]+)\??\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
