using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>An OpenID Connect provider that people may sign in with.</summary>
internal sealed class OpenIdConnectOptions
{
    public const string Section = "Accounts:OpenIdConnect";

    public const string Rule =
        "Accounts:OpenIdConnect needs Authority (an https URL, or http on this machine), ClientId, and roles in GroupRoles and DefaultRole among Viewer, Editor, Admin and Superadmin; or none of it";

    /// <summary>The issuer's URL; its <c>/.well-known/openid-configuration</c> tells the rest. Null: no such provider.</summary>
    public Uri? Authority { get; set; }

    public string ClientId { get; set; } = "";

    /// <summary>Empty for a client that the provider knows as public.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>What the page calls it.</summary>
    public string Name { get; set; } = "single sign-on";

    public string Scopes { get; set; } = "openid profile email";

    /// <summary>The claim that lists the user's groups.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>From names of the provider's groups to our roles; the highest counts.</summary>
    public Dictionary<string, string> GroupRoles { get; set; } = [];

    /// <summary>For users in none of them; null keeps them out.</summary>
    public string? DefaultRole { get; set; }

    public bool IsConfigured => Authority is not null;

    /// <summary>The role of somebody in these groups; null when he may not come in.</summary>
    public AccountRole? RoleOf(IEnumerable<string> groups) => groups
        .Select(group => GroupRoles.TryGetValue(group, out var role) ? role : null).Append(DefaultRole)
        .Where(role => !string.IsNullOrEmpty(role)).Select(role => (AccountRole?)Enum.Parse<AccountRole>(role ?? "")).Max();

    internal bool IsValid() =>
        Authority is null
        || (Authority.IsAbsoluteUri && (Authority.Scheme == Uri.UriSchemeHttps || (Authority.Scheme == Uri.UriSchemeHttp && Authority.IsLoopback))
            && ClientId.Length > 0 && GroupRoles.Values.Append(DefaultRole).All(role => string.IsNullOrEmpty(role) || Enum.GetNames<AccountRole>().Contains(role)));
}
