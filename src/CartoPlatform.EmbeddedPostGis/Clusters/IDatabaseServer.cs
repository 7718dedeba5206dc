using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>A running server: a process of this machine, or a container.</summary>
internal interface IDatabaseServer
{
    int Port { get; }

    /// <summary>Null where it cannot be seen from here, as in the virtual machine of a desktop's container engine.</summary>
    ProcessIdentity? Process { get; }

    bool IsAlive { get; }

    /// <summary>Where its socket is, for processes of this machine that run under our account; null where it has none that we can see.</summary>
    string? SocketFolder { get; }

    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Keeps what the server writes about itself within its bounds.</summary>
    void BoundLog();
}
