using Npgsql;

namespace CartoPlatform.PostGis.Dialling;

/// <summary>A server is at an address that this process may not be led to. For callers it is one that cannot be reached.</summary>
public sealed class RefusedAddressException(string host) : NpgsqlException($"{host} is at an address that connections may not lead to");
