using System.Net.Http.Json;
using CartoPlatform.Contracts.Workspace;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.WorkspaceClient.Audit;

/// <summary>The Workspace API of another process writes it.</summary>
internal sealed partial class HttpAuditTrail(HttpClient client, ILogger<HttpAuditTrail> logger) : IAuditTrail
{
    public async Task WriteAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.PostAsJsonAsync(new Uri(InternalRoutes.Audit, UriKind.Relative), record, WorkspaceJson.Default.AuditRecord, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
        catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It is done already: that it happened must not be lost.
            LogUnwritten(record.Action, record.Subject, record.ActorKind, record.ActorId, exception.Message);
        }
    }

    [LoggerMessage(5201, LogLevel.Warning, "{Action} {Subject} by {ActorKind} {ActorId} is not in the audit: {Reason}")]
    private partial void LogUnwritten(string action, string subject, string actorKind, Guid actorId, string reason);
}
