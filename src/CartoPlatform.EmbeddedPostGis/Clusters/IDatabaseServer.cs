using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>A running server: a process of this machine, or a container.</summary>
internal interface IDatabaseServer
{
    int Port { get; }

    /// <summary>Null where it cannot be seen from here, as in the virtual machine of a desktop's container engine.</summary>
    ProcessIdentity? Process { get; }

    bool IsAlive { get; }

    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Keeps what the server writes about itself within its bounds.</summary>
    void BoundLog();
}
