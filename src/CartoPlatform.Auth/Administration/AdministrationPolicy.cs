using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth.Administration;

/// <summary>
/// May this caller administer that? A pure function of its role and scopes, beside <see cref="AccessPolicy"/>, which is about data.
/// Whose a thing is comes on top: an Editor administers what he made (<see cref="AdministersOthers"/>).
/// </summary>
public static class AdministrationPolicy
{
    public static AccessDecision Decide(Principal? principal, AdminArea area, AdminRight right)
    {
        if (principal is null) return AccessDecision.Unauthenticated;
        if (RoleOf(principal) is not { } role || !Reaches(role, area, right)) return AccessDecision.Forbidden;
        var scopes = principal.Token.Scopes;
        return scopes is null || scopes.Contains(ScopeOf(area, right)) ? AccessDecision.Allowed : AccessDecision.Forbidden;
    }

    /// <summary>Whether he administers what others made, or his own alone.</summary>
    public static bool AdministersOthers(Principal principal) => RoleOf(principal) >= AccountRole.Admin;

    /// <summary>Null for an API access token.</summary>
    public static AccountRole? RoleOf(Principal principal) => principal.Token.IsOwner ? AccountRole.Superadmin : principal.Token.Role;

    /// <summary>The OAuth scope: <c>read:tokens</c>, <c>write:named_sources</c>.</summary>
    public static string ScopeOf(AdminArea area, AdminRight right) => (right, area) switch
    {
        (AdminRight.Read, AdminArea.Tokens) => "read:tokens",
        (AdminRight.Write, AdminArea.Tokens) => "write:tokens",
        (AdminRight.Read, AdminArea.Connections) => "read:connections",
        (AdminRight.Write, AdminArea.Connections) => "write:connections",
        (AdminRight.Read, AdminArea.NamedSources) => "read:named_sources",
        (AdminRight.Write, AdminArea.NamedSources) => "write:named_sources",
        (AdminRight.Read, AdminArea.Maps) => "read:maps",
        (AdminRight.Write, AdminArea.Maps) => "write:maps",
        (AdminRight.Read, AdminArea.Accounts) => "read:accounts",
        (AdminRight.Write, AdminArea.Accounts) => "write:accounts",
        (AdminRight.Read, AdminArea.Activity) => "read:activity",
        (AdminRight.Write, AdminArea.Activity) => "write:activity",
        (AdminRight.Read, AdminArea.Cache) => "read:cache",
        (AdminRight.Write, AdminArea.Cache) => "write:cache",
        _ => throw new ArgumentOutOfRangeException(nameof(area)),
    };

    /// <summary>Whether somebody of this role administers the area so.</summary>
    public static bool Reaches(AccountRole role, AdminArea area, AdminRight right) => area switch
    {
        AdminArea.Maps => role >= (right == AdminRight.Read ? AccountRole.Viewer : AccountRole.Editor),
        AdminArea.Tokens or AdminArea.Connections or AdminArea.NamedSources => role >= AccountRole.Editor,
        _ => role >= AccountRole.Admin,
    };
}
