using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>What a user, or a client of his role, may read by himself. A Viewer reads nothing: maps that are shared with him bring tokens of their own.</summary>
internal static class UserRights
{
    private static readonly string[] Apis = ["sql", "maps", "imports", "lds"];

    public static TokenRecord Of(Guid? userId, AccountRole role) => new()
    {
        Id = Guid.Empty,
        AccountId = Guid.Empty,
        UserId = userId,
        Role = role,
        Grants = role >= AccountRole.Editor ? [new GrantRecord("*")] : [],
        AllowedApis = role >= AccountRole.Editor ? Apis : [],
    };
}
