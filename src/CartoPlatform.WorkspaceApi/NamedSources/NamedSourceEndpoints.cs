using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Sources;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.NamedSources;

/// <summary>Named sources (contract, section 12.4).</summary>
internal static class NamedSourceEndpoints
{
    private const int DefaultPageSize = 10;
    private const int MaxSourceLength = 256 * 1024;

    private static readonly ApiError NotYours = AuthErrors.NotAnAdministrator;

    public static void MapNamedSources(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v3/named-sources").WithTags("named sources").RequireAdministration(AdminArea.NamedSources).RequireWholeRoleToWrite();
        group.MapPost("", CreateAsync).WithName("CreateNamedSource");
        group.MapGet("", ListAsync).WithName("ListNamedSources");
        group.MapGet("{name}", GetAsync).WithName("GetNamedSource");
        group.MapPatch("{name}", UpdateAsync).WithName("UpdateNamedSource");
        group.MapDelete("{name}", DeleteAsync).WithName("DeleteNamedSource");
    }

    private static async Task<Results<JsonHttpResult<NamedSourceAnswer>, ApiError>> CreateAsync(
        HttpContext context, NamedSourceAdministration sources, CancellationToken cancellationToken)
    {
        var (body, error) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return error ?? ApiError.BadRequest("The request cannot be read");
        var name = body.RequiredText("name", 200);
        if (!WorkspaceNames.IsNamedSource(name))
            body.Fail("name must have 3 to 51 lower-case letters, digits, '-' and '_', begin and end with a letter or digit");
        if (AskedQuery.IsStatement(name)) body.Fail($"name must not be a word of SQL, and {name} is one");
        var source = ReadSource(body);
        if (source is null) body.Fail("source is missing");
        if (body.Error is not null || source is null) return body.Error ?? ApiError.BadRequest("source is missing");
        return await sources.AddAsync(context.GetActor(), name, source, cancellationToken) is { } added
            ? TypedResults.Json(NamedSourceAnswer.Of(added))
            : new ApiError(StatusCodes.Status409Conflict, $"There is a named source {name} already");
    }

    private static Task<Results<JsonHttpResult<IEnumerable<NamedSourceAnswer>>, ApiError>> ListAsync(
        HttpContext context, NamedSourceStore sources, CancellationToken cancellationToken) =>
        PageAnswer.ListAsync(context, DefaultPageSize, page => sources.ListAsync(context.RequirePrincipal(), page, cancellationToken), NamedSourceAnswer.Of);

    private static async Task<Results<JsonHttpResult<NamedSourceAnswer>, ApiError>> GetAsync(
        string name, HttpContext context, NamedSourceStore sources, CancellationToken cancellationToken) =>
        WorkspaceNames.IsNamedSource(name) && AccessPolicy.ReadsNamedSource(context.RequirePrincipal(), name) && await sources.FindAsync(name, cancellationToken) is { } found
            ? TypedResults.Json(NamedSourceAnswer.Of(found))
            : None(name);

    private static async Task<Results<JsonHttpResult<NamedSourceAnswer>, ApiError>> UpdateAsync(
        string name, HttpContext context, NamedSourceAdministration sources, CancellationToken cancellationToken)
    {
        if (!WorkspaceNames.IsNamedSource(name)) return None(name);
        var (body, error) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return error ?? ApiError.BadRequest("The request cannot be read");
        if (body.Text("name", 200) is { } other && other != name) body.Fail("A named source keeps its name: make another one");
        var source = ReadSource(body);
        if (source is null) body.Fail("source is missing");
        if (body.Error is not null || source is null) return body.Error ?? ApiError.BadRequest("source is missing");
        var (updated, isForbidden) = await sources.UpdateAsync(context.GetActor(), name, source, cancellationToken);
        return updated is not null ? TypedResults.Json(NamedSourceAnswer.Of(updated)) : isForbidden ? NotYours : None(name);
    }

    private static async Task<Results<NoContent, ApiError>> DeleteAsync(
        string name, HttpContext context, NamedSourceAdministration sources, CancellationToken cancellationToken)
    {
        if (!WorkspaceNames.IsNamedSource(name)) return None(name);
        var (isDeleted, isForbidden) = await sources.DeleteAsync(context.GetActor(), name, cancellationToken);
        return isDeleted ? TypedResults.NoContent() : isForbidden ? NotYours : None(name);
    }

    /// <summary>One statement, as a query would have to be. What it reads is found out when it is used: the connection is said there.</summary>
    private static string? ReadSource(JsonBody body)
    {
        var source = body.Text("source", MaxSourceLength);
        if (source is null || body.Error is not null) return source;
        if (!SqlText.TryParse(source, out _, out var error)) body.Fail(error);
        // A name behind a name would be looked up for ever.
        if (WorkspaceNames.IsNamedSource(source.Trim())) body.Fail("source must be SQL, and not another name");
        return source;
    }

    private static ApiError None(string name) => ApiError.NotFound($"There is no named source {name}");
}
