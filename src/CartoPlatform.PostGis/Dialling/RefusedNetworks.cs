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
        // Metadata of Amazon by IPv6 with what stands beside it for its machines and containers, of Google, Alibaba, Oracle and Azure.
        "fd00:ec2::/64", "fd20:ce::254/128", "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32",
    ];

    private const int IPv6Bytes = 16;

    private readonly IPNetwork[] _networks = [.. networks.Select(IPNetwork.Parse)];

    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsRefused(plain) || Inner(plain).Any(IsRefused);
    }

    private bool IsRefused(IPAddress address) => _networks.Any(network => network.Contains(address));

    /// <summary>
    /// The IPv4 addresses that a translator or a tunnel could take out of an IPv6 one: NAT64 (RFC 6052, and RFC 8215 of one's own network,
    /// with a prefix of any length), 6to4 (RFC 3056), Teredo (RFC 4380), IPv4-compatible (RFC 4291) and IPv4-translated (RFC 2765).
    /// </summary>
    private static List<IPAddress> Inner(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[IPv6Bytes];
        if (!address.TryWriteBytes(bytes, out var written) || written != IPv6Bytes) return [];
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) switch
        {
            // Nothing in front but zeros, or what marks a translated one; ::1 and :: are themselves.
            0 when BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) is 0 or 0xffff_0000 && BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) > 1 => [Last(bytes)],
            0x0064_ff9b_0000_0000 when BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == 0 => [Last(bytes)],
            var front when front >> 48 == 0x2002 => [new IPAddress(bytes.Slice(2, 4))],
            var front when front >> 32 == 0x2001_0000 => [new IPAddress(~BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]))],
            var front when front >> 16 == 0x0064_ff9b_0001 => OfLocalPrefixes(bytes),
            _ => [],
        };
    }

    private static IPAddress Last(ReadOnlySpan<byte> bytes) => new(bytes[12..]);

    /// <summary>By prefixes of 48, 56, 64 and 96 bits; the ninth byte is none of the address. What begins with 0 is of another length.</summary>
    private static List<IPAddress> OfLocalPrefixes(ReadOnlySpan<byte> bytes)
    {
        List<IPAddress> read = [Of(bytes, 6, 7, 9, 10), Of(bytes, 7, 9, 10, 11), Of(bytes, 9, 10, 11, 12), Last(bytes)];
        read.RemoveAll(address => address.GetAddressBytes()[0] == 0);
        return read;
    }

    private static IPAddress Of(ReadOnlySpan<byte> bytes, int first, int second, int third, int fourth) => new([bytes[first], bytes[second], bytes[third], bytes[fourth]]);
}
