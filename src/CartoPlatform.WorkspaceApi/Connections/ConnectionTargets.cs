using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// Which machines a connection may lead to. Whoever makes connections makes this process dial: services that answer everybody on their own
/// network, a cloud's metadata above all, are none of his business.
/// </summary>
internal sealed class ConnectionTargets(IOptions<ConnectionTargetOptions> options)
{
    private static readonly TimeSpan ResolveLimit = TimeSpan.FromSeconds(3);

    private readonly IPNetwork[] _refused = [.. (options.Value.RefusedNetworks.Count > 0 ? options.Value.RefusedNetworks : ConnectionTargetOptions.Default).Select(IPNetwork.Parse)];

    /// <summary>Why it may not be dialled; null where it may, and where there is no such machine.</summary>
    public async Task<string?> FindProblemAsync(string? host, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ResolveLimit);
        try
        {
            var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host ?? "", limit.Token);
            return addresses.Any(IsRefused) ? "its address is one that connections may not lead to" : null;
        }
        catch (ArgumentException)
        {
            return "its host is no name of a machine";
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Whoever dials it finds out.
            return null;
        }
    }

    private bool IsRefused(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _refused.Any(network => network.Contains(plain));
    }
}

internal sealed class ConnectionTargetOptions
{
    public const string Section = "Connections";

    public const string Rule = "Connections:RefusedNetworks must hold networks in CIDR form, such as 10.0.0.0/8";

    /// <summary>What holds when nothing is set: link-local and multicast addresses, and those of cloud metadata.</summary>
    public static readonly string[] Default = ["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128"];

    /// <summary>Networks that no connection is made to, in CIDR form.</summary>
    public IList<string> RefusedNetworks { get; set; } = [];

    public bool IsValid() => RefusedNetworks.All(network => IPNetwork.TryParse(network, out _));
}
