using System.Collections.Frozen;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.OAuth;

/// <summary>
/// The scopes there are: what a token may administer (<see cref="AdministrationPolicy"/>), and of a user's also what it tells of him.
/// Reading data is a matter of grants, not of scopes.
/// </summary>
internal static class OAuthScopes
{
    public const string OpenId = "openid";
    public const string Profile = "profile";
    public const string Email = "email";

    /// <summary>What an application that says nothing of scopes may ask for.</summary>
    public static readonly IReadOnlyList<string> OfApplications = [OpenId, Profile, Email, CurrentUser, "read:maps"];

    public static readonly FrozenSet<string> Administrative = Enum.GetValues<AdminArea>()
        .SelectMany(area => Enum.GetValues<AdminRight>().Select(right => AdministrationPolicy.ScopeOf(area, right))).ToFrozenSet();

    public static readonly FrozenSet<string> Known = Administrative.Union([OpenId, Profile, Email, CurrentUser]).ToFrozenSet();

    private const string CurrentUser = "read:current_user";

    /// <summary>All that somebody of this role may administer.</summary>
    public static IEnumerable<string> OfRole(AccountRole role) => Enum.GetValues<AdminArea>()
        .SelectMany(area => Enum.GetValues<AdminRight>().Where(right => AdministrationPolicy.Reaches(role, area, right)).Select(right => AdministrationPolicy.ScopeOf(area, right)));

    /// <summary>The words of a <c>scope</c> parameter (RFC 6749, section 3.3), each once.</summary>
    public static IReadOnlyList<string> Split(string? text) =>
        [.. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
}
