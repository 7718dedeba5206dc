using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Audit;

/// <summary>Writes lines of other services into the audit.</summary>
internal sealed partial class LocalAuditTrail(MetadataDatabase database, ILogger<LocalAuditTrail> logger) : IAuditTrail
{
    public async Task WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        var kind = Enum.TryParse<ActorKind>(record.ActorKind, ignoreCase: true, out var known) ? known : ActorKind.Token;
        var actor = new Actor(record.AccountId, kind, record.ActorId, record.ActorName, SeesAll: false, record.Address);
        try
        {
            await database.AskAsync(
                async connection =>
                {
                    await AuditLog.WriteAsync(connection, actor, record.Action, record.Subject, record.Details, cancellationToken);
                    return true;
                },
                cancellationToken);
        }
        catch (WorkspaceUnavailableException exception)
        {
            LogUnwritten(record.Action, record.Subject, record.ActorKind, record.ActorId, exception.Message);
        }
    }

    [LoggerMessage(5202, LogLevel.Warning, "{Action} {Subject} by {ActorKind} {ActorId} is not in the audit: {Reason}")]
    private partial void LogUnwritten(string action, string subject, string actorKind, Guid actorId, string reason);
}
