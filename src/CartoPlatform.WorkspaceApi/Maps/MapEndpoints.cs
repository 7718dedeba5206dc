using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Passwords;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>
/// Administration of maps (contract, section 13). Ids are UUIDs, so <c>/v3/maps/{id}/…</c> cannot be taken for the endpoints
/// <c>/v3/maps/{connection}/table</c> and so on: no word here is one of theirs.
/// </summary>
internal static class MapEndpoints
{
    private const int DefaultPageSize = 12;

    // The document, and around it JSON in JSON of a client that writes escapes for every letter beyond ASCII.
    private const long MaxBodyBytes = 3L * MapContent.MaxBytes;

    public static IServiceCollection AddMaps(this IServiceCollection services) => services
        .AddSingleton<PasswordHashing>().AddSingleton(provider => new AttemptLimiter(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<MapStore>().AddSingleton<MapTokens>().AddSingleton<DatasetAccess>().AddSingleton<MapAccess>()
        .AddSingleton<MapWriter>().AddSingleton<MapEditor>();

    public static void MapMapAdministration(this IEndpointRouteBuilder routes)
    {
        var maps = routes.MapGroup("/v3/maps").RequireAdministration(AdminArea.Maps).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        maps.MapGet("", ListAsync).WithName("ListMaps");
        maps.MapPost("", CreateAsync).WithName("CreateMap");
        maps.MapGet("/{id:guid}", GetAsync).WithName("GetMap");
        maps.MapMethods("/{id:guid}", [HttpMethods.Patch, HttpMethods.Put], UpdateAsync).WithName("UpdateMap");
        maps.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteMap");
        maps.MapPost("/{id:guid}/privacy", ShareAsync).WithName("ShareMap");
        maps.MapPost("/{id:guid}/publish", PublishAsync).WithName("PublishMap");
        maps.MapGet("/{id:guid}/token", ShowTokenAsync).WithName("ShowMapToken");
        maps.MapPost("/{id:guid}/token", RenewTokenAsync).WithName("RenewMapToken");
        maps.MapDatasets();

        var organization = routes.MapGroup("/v3/organization-maps").RequireAdministration(AdminArea.Maps);
        organization.MapGet("", ListAsync).WithName("ListOrganizationMaps");
        organization.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteOrganizationMap");
    }

    private static async Task<IResult> ListAsync(HttpContext context, MapAccess maps, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead(context.Request.Query, DefaultPageSize, out var page) is { } wrong) return wrong;
        if (MapListQuery.TryRead(context.Request.Query, out var query) is { } wrongQuery) return wrongQuery;
        var found = await maps.ListAsync(context.RequirePrincipal(), page, query, cancellationToken);
        return PageAnswer.Tell(context.Response, page, found, map => map.ToWire());
    }

    private static async Task<IResult> CreateAsync(HttpContext context, MapEditor editor, MapWriter writer, CancellationToken cancellationToken)
    {
        var (members, error) = await MapJson.ReadObjectAsync(context.Request, cancellationToken);
        if (members is null) return error ?? ApiError.BadRequest("The request body is empty");
        var created = await editor.CreateAsync(context.RequirePrincipal(), context.GetActor(), members, cancellationToken);
        return await AnswerAsync(created, writer, cancellationToken);
    }

    private static async Task<IResult> GetAsync(
        Guid id, HttpContext context, MapStore maps, MapAccess access, MapWriter writer, CancellationToken cancellationToken)
    {
        if (await maps.FindAsync(id, cancellationToken) is not { } map) return MapErrors.NotFound(id.ToString());
        var principal = context.RequirePrincipal();
        if (MapAccess.MayEdit(map, principal)) return await writer.DraftAsync(map, cancellationToken);
        // Whoever may only look gets what there is to look at, and nobody learns of a map that he may not see.
        var visit = await access.VisitAsync(map, principal, password: null, address: null, cancellationToken);
        return visit.Error is null ? await writer.ShownAsync(map, token: null, cancellationToken) : MapErrors.NotFound(id.ToString());
    }

    private static async Task<IResult> UpdateAsync(
        Guid id, HttpContext context, MapEditor editor, MapWriter writer, CancellationToken cancellationToken)
    {
        var (members, error) = await MapJson.ReadObjectAsync(context.Request, cancellationToken);
        if (members is null) return error ?? ApiError.BadRequest("The request body is empty");
        var changed = await editor.UpdateAsync(id, context.RequirePrincipal(), context.GetActor(), members, cancellationToken);
        return await AnswerAsync(changed, writer, cancellationToken);
    }

    private static async Task<Results<NoContent, ApiError>> DeleteAsync(
        Guid id, HttpContext context, MapStore maps, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (await maps.FindAsync(id, cancellationToken) is not { } map || !MapAccess.MayEdit(map, context.RequirePrincipal()))
            return MapErrors.NotFound(id.ToString());
        await maps.DeleteAsync(map, context.GetActor(), cancellationToken);
        await visibility.SettleAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ShareAsync(
        Guid id, HttpContext context, MapEditor editor, MapWriter writer, CancellationToken cancellationToken)
    {
        var (members, error) = await MapJson.ReadObjectAsync(context.Request, cancellationToken);
        if (members is null) return error ?? ApiError.BadRequest("The request body is empty");
        var (sharing, wrong) = MapSharing.Read(members);
        if (sharing is null) return wrong ?? ApiError.BadRequest("privacy is missing");
        var shared = await editor.ShareAsync(id, context.RequirePrincipal(), context.GetActor(), sharing, cancellationToken);
        return await AnswerAsync(shared, writer, cancellationToken);
    }

    private static async Task<IResult> PublishAsync(
        Guid id, HttpContext context, MapEditor editor, MapWriter writer, CancellationToken cancellationToken) =>
        await AnswerAsync(await editor.PublishAsync(id, context.RequirePrincipal(), context.GetActor(), cancellationToken), writer, cancellationToken);

    private static async Task<IResult> ShowTokenAsync(
        Guid id, HttpContext context, MapStore maps, MapTokens tokens, CancellationToken cancellationToken)
    {
        if (await maps.FindAsync(id, cancellationToken) is not { } map || !MapAccess.MayEdit(map, context.RequirePrincipal()))
            return MapErrors.NotFound(id.ToString());
        if (context.RequirePrincipal().Token.IsNarrowed) return MapErrors.TokenReadsMore;
        return TypedResults.Json(new { token = await tokens.IssueAsync(map, cancellationToken) });
    }

    private static async Task<IResult> RenewTokenAsync(
        Guid id, HttpContext context, MapStore maps, MapTokens tokens, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (await maps.FindAsync(id, cancellationToken) is not { } map || !MapAccess.MayEdit(map, context.RequirePrincipal()))
            return MapErrors.NotFound(id.ToString());
        if (context.RequirePrincipal().Token.IsNarrowed) return MapErrors.TokenReadsMore;
        await tokens.RevokeAsync(map, context.GetActor(), cancellationToken);
        await visibility.SettleAsync(cancellationToken);
        return TypedResults.Json(new { token = await tokens.IssueAsync(map, cancellationToken) });
    }

    internal static async Task<IResult> AnswerAsync(MapChange change, MapWriter writer, CancellationToken cancellationToken) =>
        change.Map is { } map ? await writer.DraftAsync(map, cancellationToken) : change.Error ?? throw new InvalidOperationException("A change without a map has an error");
}
