using System.Text.Json.Nodes;
using CartoPlatform.Auth;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Connections.Resources;

/// <summary>
/// What is in a connection (contract, section 13): its database, the schemas in it, the tables in them, and a table's columns. Everybody
/// sees of it what he may read.
/// </summary>
internal static class ResourceEndpoints
{
    private static readonly Api[] AnyApi = [Api.Maps, Api.Sql];

    public static void MapResources(this IEndpointRouteBuilder routes)
    {
        // The second is where desktop clients look, under the workspace's own address.
        foreach (var path in (string[])["/v3/connections/{connection}/resources", "/connections/{connection}/resources"])
        {
            routes.MapGet(path, GetAsync);
            routes.MapGet($"{path}/{{**resource}}", GetAsync);
        }
    }

    private static async Task<Results<JsonHttpResult<JsonObject>, ApiError>> GetAsync(
        string connection, HttpContext context, ConnectionStore connections, ConnectionPools pools, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        var row = await connections.FindRowAsync(connection, cancellationToken);
        if (!AccessPolicy.SeesConnection(principal, row?.Name ?? connection)) return ApiError.Forbidden();
        if (row is null || await pools.FindAsync(row.Name, principal.Token.Login, cancellationToken) is not { } pool) return ApiError.NotFound($"There is no connection {connection}");

        context.Response.Headers.CacheControl = "private, no-cache";
        var resource = context.GetRouteValue("resource") as string;
        var connectionName = row.Name;
        bool MayRead(string database, string schema, string name) =>
            AccessPolicy.Decide(principal, AnyApi, connectionName, new RequestedSource.Table(database, schema, name)) == AccessDecision.Allowed;

        var tree = new ResourceTree(pool, MayRead);
        if (string.IsNullOrEmpty(resource)) return Children(await tree.ListDatabasesAsync(cancellationToken));
        if (!RelationName.TryParse(resource, out var name)) return ApiError.BadRequest($"{resource} is not the name of a resource");
        return name switch
        {
            { Database: { } database, Schema: { } schema } => await tree.FindTableAsync(name, cancellationToken) is { } table ? TypedResults.Json(table) : Missing(resource),
            { Schema: { } database } => await tree.ListTablesAsync(database, name.Table, cancellationToken) is { } tables ? Children(tables) : Missing(resource),
            _ => await tree.ListSchemasAsync(name.Table, cancellationToken) is { } schemas ? Children(schemas) : Missing(resource),
        };
    }

    private static JsonHttpResult<JsonObject> Children(IEnumerable<JsonObject> children) =>
        TypedResults.Json(new JsonObject { ["children"] = new JsonArray([.. children]) });

    private static ApiError Missing(string resource) => ApiError.NotFound($"There is nothing called {resource}, or nothing of it that you may read");
}
