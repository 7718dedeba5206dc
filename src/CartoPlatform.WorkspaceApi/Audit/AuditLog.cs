using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Paging;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Audit;

/// <summary>Who changed what. A line is written on the connection, and so in the transaction, of the change: neither is there without the other.</summary>
internal sealed class AuditLog(MetadataDatabase database)
{
    /// <param name="connection">The connection of the change.</param>
    /// <param name="actor">Who.</param>
    /// <param name="action">Kind of thing and verb, such as <c>token.create</c>.</param>
    /// <param name="subject">Id or name of the thing.</param>
    /// <param name="details">What is useful to know of the change, as JSON; never a secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task WriteAsync(
        NpgsqlConnection connection, Actor actor, string action, string subject, JsonElement? details, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO platform.audit (account_id, actor_kind, actor_id, actor_name, address, action, subject, details)
            VALUES (@AccountId, @kind, @Id, @Name, @Address, @action, @subject, @details::jsonb)
            """,
            new
            {
                actor.AccountId,
                kind = actor.Kind.ToString().ToLowerInvariant(),
                actor.Id,
                actor.Name,
                actor.Address,
                action,
                subject,
                details = details?.GetRawText(),
            },
            cancellationToken: cancellationToken));

    /// <summary>The latest first.</summary>
    public ValueTask<Page<AuditEntry>> ListAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken) => database.AskAsync(
        connection => page.ReadAsync<AuditEntry>(
            connection,
            """
            SELECT id, at, account_id AS "AccountId", actor_kind AS "ActorKind", actor_id AS "ActorId", actor_name AS "ActorName", address, action, subject,
                   details::text AS "Json"
            FROM platform.audit
            WHERE account_id = @accountId
              AND (@search IS NULL OR strpos(lower(action || ' ' || subject || ' ' || coalesce(actor_name, '')), lower(@search)) > 0)
            """,
            "id DESC",
            new { accountId },
            cancellationToken),
        cancellationToken);
}
