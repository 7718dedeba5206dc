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

    private static Task<Results<JsonHttpResult<IEnumerable<object>>, ApiError>> ListAsync(
        HttpContext context, UserStore users, CancellationToken cancellationToken) =>
        PageAnswer.ListAsync(context, PageRequest.MaxSize, page => users.ListAsync(context.GetActor().AccountId, page, cancellationToken), user => user.ToWire());

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
        if (RefuseToManage(context, role) is { } refused) return refused;

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
        if (await FindAsync(id, context, users, cancellationToken) is not { } known) return NoUser;
        var (role, isActive, name) = (UserRules.ReadRole(body), body.Flag("isActive"), body.Text("name", 200));
        var namesHim = body.Mentions("name");
        var password = UserRules.ReadPassword(body, "password");
        body.RefuseOthers();
        if (body.Error is { } wrong) return wrong;
        string? hash = null;
        // Before anything is hashed.
        if (Refuse(known) is { } refused) return refused;
        if (password is not null) hash = await passwords.HashAsync(password, cancellationToken);

        var (updated, error) = await users.UpdateAsync(id, user => Refuse(user) is { } why ? (null, why) : (After(user), null), context.GetActor(), cancellationToken);
        if (updated is null) return error ?? NoUser;
        await visibility.SettleAsync(cancellationToken);
        return await users.FindAsync(id, cancellationToken) is { } now ? TypedResults.Json(now.ToWire()) : NoUser;

        StoredUser After(StoredUser user) => user with
        {
            Role = role ?? user.Role,
            IsActive = isActive ?? user.IsActive,
            Name = namesHim ? name : user.Name,
            PasswordHash = hash ?? user.PasswordHash,
        };

        ApiError? Refuse(StoredUser user) =>
            RefuseToManage(context, user.Role) ?? RefuseToManage(context, After(user).Role)
            ?? (id == context.RequirePrincipal().Token.UserId && (After(user).Role != user.Role || !After(user).IsActive)
                ? ApiError.BadRequest("Nobody changes his own role, or shuts himself out")
                : null);
    }

    private static async Task<Results<NoContent, ApiError>> DeleteAsync(
        Guid id, HttpContext context, UserStore users, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, context, users, cancellationToken) is null) return NoUser;
        if (id == context.RequirePrincipal().Token.UserId) return ApiError.BadRequest("Nobody deletes himself");
        var (isDeleted, error) = await users.DeleteAsync(id, user => RefuseToManage(context, user.Role), context.GetActor(), cancellationToken);
        if (!isDeleted) return error ?? NoUser;
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

    private static ApiError? RefuseToManage(HttpContext context, AccountRole role) => UserRules.RefuseToManage(context.RequirePrincipal(), role);
}
