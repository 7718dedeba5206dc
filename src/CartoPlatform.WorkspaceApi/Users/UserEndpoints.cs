using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Passwords;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Users;

/// <summary>The people of the organisation. An Admin administers Viewers and Editors; Admins and Superadmins a Superadmin alone.</summary>
internal static class UserEndpoints
{
    private static readonly ApiError NoUser = ApiError.NotFound("There is no such user");

    public static IServiceCollection AddUsers(this IServiceCollection services) => services.AddSingleton<UserStore>().AddSingleton<GroupStore>();

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v3/users").RequireAdministration(AdminArea.Accounts).RequireWholeRoleToWrite();
        users.MapGet("", ListAsync).WithName("ListUsers");
        users.MapPost("", CreateAsync).WithName("CreateUser");
        users.MapGet("/{id:guid}", GetAsync).WithName("GetUser");
        users.MapPatch("/{id:guid}", UpdateAsync).WithName("UpdateUser");
        users.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteUser");
        routes.MapGet("/v3/accounts/users/me", MeAsync).WithName("Me");
        routes.MapGroups();
    }

    private static async Task<IResult> ListAsync(HttpContext context, UserStore users, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead(context.Request.Query, PageRequest.MaxSize, out var page) is { } wrong) return wrong;
        var found = await users.ListAsync(context.GetActor().AccountId, page, cancellationToken);
        return PageAnswer.Tell(context.Response, page, found, user => user.ToWire());
    }

    private static async Task<IResult> GetAsync(Guid id, HttpContext context, UserStore users, CancellationToken cancellationToken) =>
        await FindAsync(id, context, users, cancellationToken) is { } user ? TypedResults.Json(user.ToWire()) : NoUser;

    private static async Task<IResult> CreateAsync(HttpContext context, UserStore users, PasswordHashing passwords, CancellationToken cancellationToken)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        var email = body.RequiredText("email", 254).Trim().ToLowerInvariant();
        if (body.Error is null && !UserRules.IsEmail(email)) body.Fail("email must be an address such as name@example.org");
        var role = UserRules.ReadRole(body) ?? AccountRole.Viewer;
        var name = body.Text("name", 200);
        var password = UserRules.ReadPassword(body, "password");
        body.RefuseOthers();
        if (body.Error is { } wrong) return wrong;
        if (!MayManage(context, role)) return AuthErrors.NotSuperadmin;

        var actor = context.GetActor();
        var user = new StoredUser
        {
            Id = Guid.NewGuid(),
            AccountId = actor.AccountId,
            Email = email,
            Name = name,
            Role = role,
            PasswordHash = password is null ? null : await passwords.HashAsync(password, cancellationToken),
        };
        if (!await users.AddAsync(user, subject: null, actor, cancellationToken)) return new ApiError(StatusCodes.Status409Conflict, $"There is a user {email} already");
        return TypedResults.Json((await users.FindAsync(user.Id, cancellationToken) ?? user).ToWire());
    }

    private static async Task<IResult> UpdateAsync(
        Guid id, HttpContext context, UserStore users, PasswordHashing passwords, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null) return unreadable ?? ApiError.BadRequest("The request body is empty");
        if (await FindAsync(id, context, users, cancellationToken) is not { } user) return NoUser;
        var role = UserRules.ReadRole(body) ?? user.Role;
        var isActive = body.Flag("isActive") ?? user.IsActive;
        var name = body.Mentions("name") ? body.Text("name", 200) : user.Name;
        var password = UserRules.ReadPassword(body, "password");
        body.RefuseOthers();
        if (body.Error is { } wrong) return wrong;
        if (!MayManage(context, user.Role) || !MayManage(context, role)) return AuthErrors.NotSuperadmin;
        if (id == context.RequirePrincipal().Token.UserId && (role != user.Role || !isActive))
            return ApiError.BadRequest("Nobody changes his own role, or shuts himself out");

        var hash = password is null ? user.PasswordHash : await passwords.HashAsync(password, cancellationToken);
        await users.UpdateAsync(user, user with { Role = role, IsActive = isActive, Name = name, PasswordHash = hash }, context.GetActor(), cancellationToken);
        await visibility.SettleAsync(cancellationToken);
        return await users.FindAsync(id, cancellationToken) is { } updated ? TypedResults.Json(updated.ToWire()) : NoUser;
    }

    private static async Task<Results<NoContent, ApiError>> DeleteAsync(
        Guid id, HttpContext context, UserStore users, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, context, users, cancellationToken) is not { } user) return NoUser;
        if (!MayManage(context, user.Role)) return AuthErrors.NotSuperadmin;
        if (id == context.RequirePrincipal().Token.UserId) return ApiError.BadRequest("Nobody deletes himself");
        await users.DeleteAsync(user, context.GetActor(), cancellationToken);
        await visibility.SettleAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Who asks: a user, or what stands for the organisation. An API access token is nobody.</summary>
    private static async Task<IResult> MeAsync(HttpContext context, UserStore users, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (AdministrationPolicy.RoleOf(principal) is not { } role) return AuthErrors.NotAnAdministrator;
        context.Response.Headers.CacheControl = "no-store";
        var token = principal.Token;
        if (token.UserId is { } id && await users.FindAsync(id, cancellationToken) is { } user) return TypedResults.Json(user.ToWire());
        return TypedResults.Json(new { id = token.HolderId, email = (string?)null, name = token.Name, role = role.ToString(), roles = new[] { role.ToString() }, accountId = token.AccountId });
    }

    private static async Task<StoredUser?> FindAsync(Guid id, HttpContext context, UserStore users, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is { } user && user.AccountId == context.GetActor().AccountId ? user : null;

    private static bool MayManage(HttpContext context, AccountRole role) =>
        role < AccountRole.Admin || AdministrationPolicy.RoleOf(context.RequirePrincipal()) == AccountRole.Superadmin;
}
