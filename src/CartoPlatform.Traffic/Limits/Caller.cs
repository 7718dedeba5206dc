using System.Net;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Whom limits count as one: a token, a user, a client; without any the network address, and both where addresses are told apart.</summary>
internal readonly record struct Caller(Guid Id, UInt128 Address)
{
    public static Caller Of(TokenRecord token) => new(token.HolderId, 0);

    public static Caller Of(TokenRecord token, IPAddress? address) => new(token.HolderId, NetworkAddress.Of(address));

    public static Caller Of(IPAddress? address) => new(Guid.Empty, NetworkAddress.Of(address));

    /// <summary>The same in every process.</summary>
    public override string ToString() => Address == 0 ? Id.ToString("N") : $"{Id:N}@{Address:x}";
}
