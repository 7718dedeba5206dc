using System.Net;

namespace CartoPlatform.PostGis.Dialling;

/// <summary>The addresses of a host, by whatever this machine asks for them.</summary>
public delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);
