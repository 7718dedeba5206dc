using System.Buffers.Binary;
using System.Net;

namespace CartoPlatform.PostGis.Dialling;

/// <summary>
/// Networks that nobody leads this process to: services that answer everybody on their own network, a cloud's metadata above all, are none
/// of the business of those who make connections.
/// </summary>
public sealed class RefusedNetworks(IEnumerable<string> networks)
{
    /// <summary>What holds when nothing is set: link-local and multicast addresses, and those of cloud metadata.</summary>
    public static readonly IReadOnlyList<string> Default =
    [
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "::/128", "fe80::/10", "ff00::/8",
        // Metadata of Amazon by IPv6, of Alibaba, Oracle and Azure.
        "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32",
    ];

    private const int IPv6Bytes = 16;

    private readonly IPNetwork[] _networks = [.. networks.Select(IPNetwork.Parse)];

    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _networks.Any(network => network.Contains(plain)) || (Inner(plain) is { } inner && _networks.Any(network => network.Contains(inner)));
    }

    /// <summary>The IPv4 address that a translator or a tunnel would take out of an IPv6 one: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible (RFC 4291).</summary>
    private static IPAddress? Inner(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[IPv6Bytes];
        if (!address.TryWriteBytes(bytes, out var written) || written != IPv6Bytes) return null;
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes) == 0x2002) return new IPAddress(bytes.Slice(2, 4));
        var isTranslated = BinaryPrimitives.ReadUInt32BigEndian(bytes) == 0x0064_ff9b || BinaryPrimitives.ReadUInt32BigEndian(bytes) == 0;
        return isTranslated && bytes[4..12].IndexOfAnyExcept((byte)0) < 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) > 1 ? new IPAddress(bytes[12..]) : null;
    }
}
