using System.Text.Json.Nodes;
using CartoPlatform.Auth.Administration;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Audit;

internal static class AuditEndpoints
{
    private const int DefaultPageSize = 100;

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v3/audit", ListAsync).WithName("ListAudit").RequireAdministration(AdminArea.Activity);

    private static async Task<Results<JsonHttpResult<IEnumerable<AuditLine>>, ApiError>> ListAsync(
        HttpContext context, AuditLog audit, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead(context.Request.Query, DefaultPageSize, out var page) is { } wrong) return wrong;
        var found = await audit.ListAsync(context.GetActor().AccountId, page, cancellationToken);
        return PageAnswer.Tell(context.Response, page, found, AuditLine.Of);
    }

    private sealed record AuditLine(
        long Id, DateTime At, AuditLine.Who Actor, string? Address, string Action, string Subject, JsonNode? Details)
    {
        public static AuditLine Of(AuditEntry entry) => new(
            entry.Id, entry.At, new Who(entry.ActorKind, entry.ActorId, entry.ActorName), entry.Address, entry.Action, entry.Subject,
            entry.Json is null ? null : JsonNode.Parse(entry.Json));

        internal sealed record Who(string Kind, Guid Id, string? Name);
    }
}
