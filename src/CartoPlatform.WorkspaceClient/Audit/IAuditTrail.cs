using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient;

/// <summary>Where services write what was done through them that is not kept in the metadata database anyway.</summary>
public interface IAuditTrail
{
    /// <summary>What cannot be written is logged.</summary>
    Task WriteAsync(AuditRecord record, CancellationToken cancellationToken);
}
