using System.Text.Json.Nodes;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections.Providers;
using CartoPlatform.WorkspaceApi.Connections.Resources;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// Connections (contract, section 13). Whoever has a grant in one sees its name and what he may read of it; its settings are for those
/// who administer connections, and its secrets for nobody.
/// </summary>
internal static class ConnectionEndpoints
{
    private const string Path = "/v3/connections";

    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).WithName("ListConnections");
        routes.MapGet($"{Path}/{{connection}}", GetAsync).WithName("GetConnection");
        routes.MapResources();
        var group = routes.MapGroup(Path).WithTags("connections").RequireAdministration(AdminArea.Connections).RequireWholeRoleToWrite();
        group.MapPost("", CreateAsync).WithName("CreateConnection");
        group.MapPost("test", TestNewAsync).WithName("TestNewConnection");
        group.MapPost("{connection}/test", TestAsync).WithName("TestConnection");
        group.MapPatch("{connection}", UpdateAsync).WithName("UpdateConnection");
        group.MapDelete("{connection}", DeleteAsync).WithName("DeleteConnection");
    }

    private static async Task<Results<JsonHttpResult<List<ConnectionSummary>>, ApiError>> ListAsync(
        HttpContext context, ConnectionStore connections, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        var all = await connections.ListAsync(cancellationToken);
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Json(all.Where(connection => AccessPolicy.SeesConnection(principal, connection.Name)).ToList());
    }

    private static async Task<Results<JsonHttpResult<JsonObject>, ApiError>> GetAsync(
        string connection, HttpContext context, ConnectionStore connections, ConnectionProviders providers, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        var row = await connections.FindRowAsync(connection, cancellationToken);
        if (row is null || !AccessPolicy.SeesConnection(principal, row.Name))
            return AccessPolicy.SeesConnection(principal, connection) ? None(connection) : ApiError.Forbidden();
        context.Response.Headers.CacheControl = "private, no-cache";
        // Where a database is and as whom one comes to it is for those who could change it.
        var isAdministrator = AdministrationPolicy.Decide(principal, AdminArea.Connections, AdminRight.Read) == AccessDecision.Allowed
            && context.GetActor().Administers(row.CreatedBy);
        return TypedResults.Json(Tell(row, isAdministrator ? providers.Find(row.ProviderId) : null, connections));
    }

    private static async Task<Results<JsonHttpResult<JsonObject>, ApiError>> CreateAsync(
        HttpContext context, ConnectionAdministration administration, ConnectionStore connections, ConnectionProviders providers, ConnectionAttempts attempts,
        CancellationToken cancellationToken)
    {
        var (body, error) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return Unreadable(error);
        var name = body.RequiredText("name", 200);
        if (!WorkspaceNames.IsConnection(name)) body.Fail("name must have 1 to 64 letters, digits, '_' and '-', and not be 'public'");
        var (provider, credentials, wrong) = Read(body, providers);
        var request = ConnectionRequest.Read(body);
        body.RefuseOthers();
        if (provider is null || credentials is null || body.Error is not null) return wrong ?? Unreadable(body.Error);

        // A connection that does not work is found out now, and not by its users.
        var (test, tooMany) = await attempts.TryAsync(context, provider, credentials, [], cancellationToken);
        if (test is null) return Unreadable(tooMany);
        if (test.Problem is not null) return Unusable(test);
        var (added, taken) = await administration.AddAsync(context.GetActor(), name, provider, request, credentials, cancellationToken);
        return added is null
            ? new ApiError(StatusCodes.Status409Conflict, $"There is a connection {taken} already")
            : TypedResults.Json(Tell(added, provider, connections, test));
    }

    private static async Task<Results<JsonHttpResult<JsonObject>, ApiError>> UpdateAsync(
        string connection, HttpContext context, ConnectionAdministration administration, ConnectionStore connections, ConnectionProviders providers,
        ConnectionAttempts attempts, CancellationToken cancellationToken)
    {
        var (row, provider, refused) = await FindOwnAsync(connection, context, connections, providers, cancellationToken);
        if (row is null || provider is null) return refused ?? None(connection);
        var (body, error) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return Unreadable(error);
        if (body.Text("name", 200) is { } name && name != row.Name) body.Fail("A connection keeps its name: grants and URLs hold it");
        if (ProviderOf(body) is { } other && providers.Find(other) != provider) body.Fail("A connection keeps its provider: make another one");
        // What cannot be opened is said anew, all of it.
        var known = connections.TryOpen(row);
        var credentials = provider.Read(body, known);
        var request = ConnectionRequest.Read(body);
        body.RefuseOthers();
        if (credentials is null || body.Error is not null) return Unreadable(body.Error);
        if (administration.IsConfigured(row.Name) && (credentials.Reader, credentials.Writer) != (known?.Reader, known?.Writer))
            return new ApiError(StatusCodes.Status409Conflict, $"The logins of {row.Name} come from the platform's configuration, which would set them again at the next start");

        var (test, tooMany) = credentials == known
            ? (new ConnectionTest(null, []), null)
            : await attempts.TryAsync(context, provider, credentials, administration.TrustedHosts(row.Name), cancellationToken);
        if (test is null) return Unreadable(tooMany);
        if (test.Problem is not null) return Unusable(test);
        return await administration.UpdateAsync(context.GetActor(), row, provider, request, credentials, cancellationToken) is { } updated
            ? TypedResults.Json(Tell(updated, provider, connections, test))
            : new ApiError(StatusCodes.Status409Conflict, "The connection has been changed by somebody else meanwhile: try again");
    }

    private static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string connection, HttpContext context, ConnectionAdministration administration, ConnectionStore connections, ConnectionProviders providers,
        CancellationToken cancellationToken)
    {
        var (row, provider, refused) = await FindOwnAsync(connection, context, connections, providers, cancellationToken);
        if (row is null || provider is null) return refused ?? None(connection);
        if (administration.IsConfigured(row.Name))
            return new ApiError(StatusCodes.Status409Conflict, $"{row.Name} comes from the platform's configuration, which would make it again at the next start");

        StoredConnection? target = null;
        if (context.Request.Query["targetConnectionId"].ToString() is { Length: > 0 } targetId)
        {
            target = await connections.FindRowAsync(targetId, cancellationToken);
            if (target is null || target.Id == row.Id || target.ProviderId != row.ProviderId)
                return ApiError.BadRequest("targetConnectionId must be another connection to the same kind of warehouse");
        }

        var (use, beyond) = await administration.DeleteAsync(context.RequirePrincipal(), context.GetActor(), row, target, cancellationToken);
        if (beyond is not null) return beyond;
        return use.Any ? InUse(row.Name, use) : TypedResults.NoContent();
    }

    private static async Task<Results<JsonHttpResult<JsonObject>, ApiError>> TestNewAsync(
        HttpContext context, ConnectionProviders providers, ConnectionAttempts attempts, CancellationToken cancellationToken)
    {
        var (body, error) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return Unreadable(error);
        var (provider, credentials, wrong) = Read(body, providers);
        // What else a connection is made of may be there: the same body makes it.
        body.Mentions("name");
        ConnectionRequest.Read(body);
        body.RefuseOthers();
        if (provider is null || credentials is null || body.Error is not null) return wrong ?? Unreadable(body.Error);
        var (test, tooMany) = await attempts.TryAsync(context, provider, credentials, [], cancellationToken);
        return test is null ? Unreadable(tooMany) : Tell(test);
    }

    private static async Task<Results<JsonHttpResult<JsonObject>, ApiError>> TestAsync(
        string connection, HttpContext context, ConnectionAdministration administration, ConnectionStore connections, ConnectionProviders providers,
        CancellationToken cancellationToken)
    {
        var (row, provider, refused) = await FindOwnAsync(connection, context, connections, providers, cancellationToken);
        if (row is null || provider is null) return refused ?? None(connection);
        // Whoever sends settings would take the answer for one about them.
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        body?.RefuseOthers("a test of what is kept: POST /v3/connections/test tests settings");
        if ((body is not null ? body.Error : context.Request.ContentLength > 0 ? unreadable : null) is { } wrong) return wrong;
        return Tell(await provider.TestAsync(connections.Open(row), administration.TrustedHosts(row.Name), cancellationToken));
    }

    private static (IConnectionProvider? Provider, ConnectionCredentials? Credentials, ApiError? Error) Read(JsonBody body, ConnectionProviders providers)
    {
        var id = ProviderOf(body);
        if (id is null) body.Fail("provider is missing");
        if (id is null || body.Error is not null) return (null, null, body.Error);
        var provider = providers.Find(id);
        return provider is null ? (null, null, ConnectionProviders.Missing(id)) : (provider, provider.Read(body, null), body.Error);
    }

    private static string? ProviderOf(JsonBody body)
    {
        string?[] said = [body.Text("provider_id", 64), body.Text("provider", 64), body.Text("providerId", 64)];
        return Array.Find(said, text => text is not null);
    }

    private static async Task<(StoredConnection? Row, IConnectionProvider? Provider, ApiError? Error)> FindOwnAsync(
        string connection, HttpContext context, ConnectionStore connections, ConnectionProviders providers, CancellationToken cancellationToken)
    {
        if (await connections.FindRowAsync(connection, cancellationToken) is not { } row) return (null, null, None(connection));
        if (!context.GetActor().Administers(row.CreatedBy)) return (null, null, AuthErrors.NotAnAdministrator);
        return providers.Find(row.ProviderId) is { } provider ? (row, provider, null) : (null, null, ConnectionProviders.Missing(row.ProviderId));
    }

    private static JsonObject Tell(StoredConnection row, IConnectionProvider? provider, ConnectionStore connections, ConnectionTest? test = null)
    {
        var told = new JsonObject { ["id"] = row.Id, ["name"] = row.Name, ["provider_id"] = row.ProviderId };
        if (provider is null) return told;
        told["config"] = connections.TryOpen(row) is { } credentials ? provider.Describe(credentials) : null;
        told["named_sources_only"] = row.NamedSourcesOnly;
        told["max_connections"] = row.MaxConnections;
        told["statement_seconds"] = row.StatementSeconds;
        told["revision"] = row.Revision;
        told["created_at"] = row.CreatedAt;
        told["updated_at"] = row.UpdatedAt;
        if (test is { Warnings.Count: > 0 }) told["warnings"] = new JsonArray([.. test.Warnings.Select(warning => (JsonNode)warning)]);
        return told;
    }

    private static JsonHttpResult<JsonObject> Tell(ConnectionTest test) => TypedResults.Json(new JsonObject
    {
        ["success"] = test.Problem is null,
        ["error"] = test.Problem,
        ["warnings"] = new JsonArray([.. test.Warnings.Select(warning => (JsonNode)warning)]),
    });

    private static ApiError Unusable(ConnectionTest test) => ApiError.BadRequest($"The database cannot be used: {test.Problem}");

    private static ApiError InUse(string name, ConnectionUse use) =>
        new(StatusCodes.Status409Conflict, $"The connection {name} is in use: name another one in targetConnectionId, or end what uses it")
        {
            Details = new Dictionary<string, object?> { ["tokens"] = use.Tokens, ["oauth_clients"] = use.Clients, ["jobs"] = use.Jobs, ["maps"] = use.Maps },
        };

    private static ApiError Unreadable(ApiError? error) => error ?? ApiError.BadRequest("The request cannot be read");

    private static ApiError None(string connection) => ApiError.NotFound($"There is no connection {connection}");
}
