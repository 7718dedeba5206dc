using System.Net.Sockets;
using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.Cli.Platforms;

/// <summary>Why a platform could not listen where its settings say.</summary>
internal static class PortProblem
{
    /// <summary>Null when it could.</summary>
    public static string? Of(PlatformSettings settings) => FreePort.Try(settings.Bind, settings.Port) switch
    {
        SocketError.Success => null,
        SocketError.AddressNotAvailable => $"This machine has no address {settings.Bind}: choose one that it has, or 0.0.0.0 for all, with CARTO_BIND",
        SocketError.AccessDenied => $"Port {settings.Port} of {settings.Bind} is for the administrator alone: choose one above 1023 with --port or CARTO_PORT",
        _ => $"Port {settings.Port} of {settings.Bind} is in use by another program: choose another one with --port or CARTO_PORT",
    };
}
