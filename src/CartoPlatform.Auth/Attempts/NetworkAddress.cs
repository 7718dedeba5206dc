using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CartoPlatform.Auth.Attempts;

/// <summary>Where a caller is, as one number: of IPv6 the network alone.</summary>
public static class NetworkAddress
{
    // A provider gives a household a /64 at the least: who has one has 2^64 addresses.
    private const int NetworkBits = 64;

    /// <summary>Of IPv4 in the form of RFC 4291, 2.5.5.2, so that the two spellings are one. Zero where there is none.</summary>
    public static UInt128 Of(IPAddress? address)
    {
        if (address is null) return 0;
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            bytes.Clear();
            bytes[10] = bytes[11] = 0xff;
            Span<byte> full = stackalloc byte[16];
            address.TryWriteBytes(full, out var written);
            full[(written - 4)..written].CopyTo(bytes[12..]);
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }

        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes) >> NetworkBits << NetworkBits;
    }
}
