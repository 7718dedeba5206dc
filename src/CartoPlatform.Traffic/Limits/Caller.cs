using System.Net;
using System.Net.Sockets;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Whom limits count as one: a token, a user, a client; without any the network address, and both where addresses are told apart.</summary>
internal readonly record struct Caller(Guid Id, UInt128 Address)
{
    // A provider gives a household a /64 at the least: who has one has 2^64 addresses.
    private const int NetworkBits = 64;

    public static Caller Of(TokenRecord token) => new(token.HolderId, 0);

    public static Caller Of(TokenRecord token, IPAddress? address) => new(token.HolderId, NumberOf(address));

    public static Caller Of(IPAddress? address) => new(Guid.Empty, NumberOf(address));

    /// <summary>The same in every process.</summary>
    public override string ToString() => Address == 0 ? Id.ToString("N") : $"{Id:N}@{Address:x}";

    private static UInt128 NumberOf(IPAddress? address)
    {
        if (address is null) return 0;
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
        {
            // In the form of RFC 4291, 2.5.5.2, so that the two spellings are one.
            bytes.Clear();
            bytes[10] = bytes[11] = 0xff;
            Span<byte> full = stackalloc byte[16];
            address.TryWriteBytes(full, out var written);
            full[(written - 4)..written].CopyTo(bytes[12..]);
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }

        address.TryWriteBytes(bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes) >> NetworkBits << NetworkBits;
    }
}
