using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceApi.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>The organisation's OAuth clients: <c>/v3/oauth-clients</c>. Those with the role of an Admin a Superadmin alone makes and changes.</summary>
internal static class ClientEndpoints
{
    private static readonly ApiError NoClient = ApiError.NotFound("There is no such OAuth client");

    public static void MapClients(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v3/oauth-clients").WithTags("oauth-clients").RequireAdministration(AdminArea.Accounts);
        group.MapPost("", CreateAsync).WithName("CreateOAuthClient");
        group.MapGet("", ListAsync).WithName("ListOAuthClients");
        group.MapGet("{id:guid}", GetAsync).WithName("GetOAuthClient");
        group.MapPatch("{id:guid}", UpdateAsync).WithName("UpdateOAuthClient");
        group.MapPost("{id:guid}/secret", RenewSecretAsync).WithName("RenewOAuthClientSecret");
        group.MapDelete("{id:guid}", DeleteAsync).WithName("DeleteOAuthClient");
    }

    private static async Task<Results<JsonHttpResult<ClientAnswer>, ApiError>> CreateAsync(
        HttpContext context, ClientAdministration clients, ConnectionStore connections, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        var wanted = ClientRequest.Read(body).Create(context.GetActor(), body, time.GetUtcNow());
        if (await RefuseAsync(context, body, wanted, connections, cancellationToken) is { } refused) return refused;
        var (client, secret) = await clients.CreateAsync(context.GetActor(), wanted, cancellationToken);
        return TypedResults.Json(ClientAnswer.Of(client) with { Secret = secret });
    }

    private static Task<Results<JsonHttpResult<IEnumerable<ClientAnswer>>, ApiError>> ListAsync(
        HttpContext context, ClientStore clients, CancellationToken cancellationToken) =>
        PageAnswer.ListAsync(context, PageRequest.MaxSize, page => clients.ListAsync(context.GetActor(), page, cancellationToken), ClientAnswer.Of);

    private static async Task<Results<JsonHttpResult<ClientAnswer>, ApiError>> GetAsync(
        Guid id, HttpContext context, ClientStore clients, CancellationToken cancellationToken) =>
        await clients.FindAsync(context.GetActor(), id, cancellationToken) is { } client ? TypedResults.Json(ClientAnswer.Of(client)) : NoClient;

    private static async Task<Results<JsonHttpResult<ClientAnswer>, ApiError>> UpdateAsync(
        Guid id, HttpContext context, ClientStore clients, ClientAdministration administration, ConnectionStore connections, CancellationToken cancellationToken)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        var actor = context.GetActor();
        if (await clients.FindAsync(actor, id, cancellationToken) is not { } before) return NoClient;
        var request = ClientRequest.Read(body);
        if (request.Kind is not null && request.Kind != before.Kind) return ApiError.BadRequest("kind is said when a client is made, and never changes");
        if (RefuseToManage(context, before) is { } beyond) return beyond;
        if (await RefuseAsync(context, body, request.Change(before, actor, body), connections, cancellationToken) is { } refused) return refused;

        // What is written is made of the row as it is then; another administrator may have been quicker.
        var updated = await administration.UpdateAsync(
            actor, id, client => MayChange(client) && request.Change(client, actor, body) is var wanted && body.Error is null && MayChange(wanted) ? wanted : null, "oauth_client.update", cancellationToken);
        return updated is null ? body.Error ?? NoClient : TypedResults.Json(ClientAnswer.Of(updated));

        bool MayChange(OAuthClient client) => RefuseToManage(context, client) is null;
    }

    private static async Task<Results<JsonHttpResult<NewSecret>, ApiError>> RenewSecretAsync(
        Guid id, HttpContext context, ClientStore clients, ClientAdministration administration, CancellationToken cancellationToken)
    {
        var actor = context.GetActor();
        if (await clients.FindAsync(actor, id, cancellationToken) is not { } client) return NoClient;
        if (!client.IsMachine) return ApiError.BadRequest("A client of the kind spa has no secret");
        if (RefuseToManage(context, client) is { } beyond) return beyond;
        return await administration.RenewSecretAsync(actor, id, found => RefuseToManage(context, found) is null, cancellationToken) is { } secret ? TypedResults.Json(new NewSecret(id, secret)) : NoClient;
    }

    private static async Task<Results<NoContent, ApiError>> DeleteAsync(
        Guid id, HttpContext context, ClientStore clients, ClientAdministration administration, CancellationToken cancellationToken)
    {
        var actor = context.GetActor();
        if (await clients.FindAsync(actor, id, cancellationToken) is not { } client) return NoClient;
        if (RefuseToDelete(context, client) is { } beyond) return beyond;
        return await administration.DeleteAsync(actor, id, found => RefuseToDelete(context, found) is null, cancellationToken) ? TypedResults.NoContent() : NoClient;
    }

    private static async Task<ApiError?> RefuseAsync(
        HttpContext context, JsonBody body, OAuthClient wanted, ConnectionStore connections, CancellationToken cancellationToken)
    {
        if (body.Error is { } wrong) return wrong;
        return RefuseToManage(context, wanted)
            ?? await GrantRules.RefuseAsync(
                context.RequirePrincipal(), wanted.Grants ?? GrantRules.All, wanted.AllowedApis, wanted.Login, connections, cancellationToken);
    }

    // What somebody made himself he may end, whatever he has lost since.
    private static ApiError? RefuseToDelete(HttpContext context, OAuthClient client) =>
        client.CreatedBy == context.GetActor().Id ? null : RefuseToManage(context, client);

    private static ApiError? RefuseToManage(HttpContext context, OAuthClient client) =>
        client.Role >= AccountRole.Admin && AdministrationPolicy.RoleOf(context.RequirePrincipal()) != AccountRole.Superadmin
            ? AuthErrors.NotSuperadmin
            : Exceeds(context, client);

    /// <summary>
    /// The error where the client has more than who makes it, changes it or takes its secret: he would come by it. Without grants it
    /// has all that a role reads, whatever the role: others may be given to it, or to its users, later.
    /// </summary>
    private static ApiError? Exceeds(HttpContext context, OAuthClient client)
    {
        var principal = context.RequirePrincipal();
        return principal.Token.Scopes is { } own
            && client.Scopes.FirstOrDefault(scope => OAuthScopes.Administrative.Contains(scope) && !own.Contains(scope)) is { } beyond
            ? ApiError.Forbidden($"Nobody grants more than he has: the scope {beyond}")
            // Whoever gets here administers what others made.
            : GrantRules.Exceeds(principal, client.Grants ?? GrantRules.All, client.AllowedApis, client.Login, ConnectionMakers.Unknown);
    }

    private sealed record NewSecret(
        [property: System.Text.Json.Serialization.JsonPropertyName("client_id")] Guid Id,
        [property: System.Text.Json.Serialization.JsonPropertyName("client_secret")] string Secret);
}
