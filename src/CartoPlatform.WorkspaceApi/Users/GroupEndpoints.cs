using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceApi.Visibility;

namespace CartoPlatform.WorkspaceApi.Users;

/// <summary>Groups with whom maps are shared: <c>/v3/groups</c>.</summary>
internal static class GroupEndpoints
{
    private static readonly ApiError NoGroup = ApiError.NotFound("There is no such group");

    public static void MapGroups(this IEndpointRouteBuilder routes)
    {
        var groups = routes.MapGroup("/v3/groups").RequireAdministration(AdminArea.Accounts).RequireWholeRoleToWrite();
        groups.MapGet("", async (HttpContext context, GroupStore store, CancellationToken cancellationToken) =>
            TypedResults.Json(await store.ListAsync(context.GetActor(), cancellationToken))).WithName("ListGroups");
        groups.MapPost("", CreateAsync).WithName("CreateGroup");
        groups.MapGet("/{id:guid}", GetAsync).WithName("GetGroup");
        groups.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteGroup");
        groups.MapPut("/{id:guid}/members/{userId:guid}", AddMemberAsync).WithName("AddMember");
        groups.MapDelete("/{id:guid}/members/{userId:guid}", RemoveMemberAsync).WithName("RemoveMember");
    }

    private static async Task<IResult> CreateAsync(HttpContext context, GroupStore store, CancellationToken cancellationToken)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        var name = body.RequiredText("name", 200);
        if (body.Error is { } wrong) return wrong;
        var id = Guid.NewGuid();
        if (await store.AddAsync(context.GetActor(), id, name, cancellationToken) is { } taken) return new ApiError(StatusCodes.Status409Conflict, $"There is a group {taken} already");
        return await GetAsync(id, context, store, cancellationToken);
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext context, GroupStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(context.GetActor(), id, cancellationToken) is { } group ? TypedResults.Json(group) : NoGroup;

    private static async Task<IResult> DeleteAsync(
        Guid id, HttpContext context, GroupStore store, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (!await store.DeleteAsync(context.GetActor(), id, cancellationToken)) return NoGroup;
        await visibility.SettleAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    // A member sees the maps of the group.
    private static async Task<IResult> AddMemberAsync(Guid id, Guid userId, HttpContext context, GroupStore store, CancellationToken cancellationToken) =>
        UserRules.RefuseToManage(context.RequirePrincipal(), AccountRole.Viewer) is { } refused ? refused
        : await store.AddMemberAsync(context.GetActor(), id, userId, cancellationToken) ? TypedResults.NoContent() : ApiError.NotFound("There is no such group or user");

    private static async Task<IResult> RemoveMemberAsync(
        Guid id, Guid userId, HttpContext context, GroupStore store, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (!await store.RemoveMemberAsync(context.GetActor(), id, userId, cancellationToken)) return ApiError.NotFound("There is no such group or member");
        await visibility.SettleAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
