using CartoPlatform.Auth;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections;

namespace CartoPlatform.WorkspaceApi.Tokens;

/// <summary>Which grants somebody may give to a token or a client.</summary>
internal static class GrantRules
{
    private const string Everything = "*";

    /// <summary>What a client reads at most that says nothing of grants.</summary>
    public static readonly IReadOnlyList<GrantRecord> All = [new GrantRecord(Everything)];

    /// <summary>The error to answer; null when all may be given.</summary>
    public static async ValueTask<ApiError?> RefuseAsync(
        Principal giver, IReadOnlyList<GrantRecord> grants, IReadOnlyList<string> apis, string? login, ConnectionStore connections,
        CancellationToken cancellationToken)
    {
        // What he may not give he is not told about: neither connections nor logins are found out by asking for them.
        var makers = login is null ? ConnectionMakers.Unknown : await connections.ReadMakersAsync(cancellationToken);
        if (Exceeds(giver, grants, apis, login, makers) is { } refused) return refused;
        // A misspelt name would be found out by the users of the token.
        var known = (await connections.ListAsync(cancellationToken)).Select(connection => connection.Name).Append(Everything).ToHashSet();
        if (grants.FirstOrDefault(grant => !known.Contains(grant.ConnectionName)) is { } unknown)
            return ApiError.BadRequest($"There is no connection {unknown.ConnectionName}");
        return login is not null && await FindWithoutAsync(login, grants, connections, cancellationToken) is { } without
            ? ApiError.BadRequest($"The connection {without} has no login {login}")
            : null;
    }

    /// <summary>
    /// The error where some of it is more than the giver has himself. A login may see what no other sees, its connection's own included:
    /// it is given by those who read with it, and by those who administer the connections, for they say what it is.
    /// </summary>
    public static ApiError? Exceeds(
        Principal giver, IReadOnlyList<GrantRecord> grants, IReadOnlyList<string> apis, string? login, ConnectionMakers makers)
    {
        var own = giver.Token;
        if (own.IsOwner) return null;
        if (grants.FirstOrDefault(grant => !MayGive(own, grant)) is { } beyond)
            return ApiError.Forbidden($"Nobody grants more than he has: {beyond.ConnectionName}:{beyond.Source}");
        if (apis.FirstOrDefault(api => !own.AllowedApis.Contains(api)) is { } api)
            return ApiError.Forbidden($"Nobody grants more than he has: allowed_apis may not hold {api}");
        if (own.Login == login) return null;
        if (own.Login is not null) return ApiError.Forbidden($"Nobody grants more than he has: the login must be {own.Login}");
        return !own.IsNarrowed && makers.AreAdministeredBy(giver, grants)
            ? null
            : ApiError.Forbidden($"Nobody grants more than he has: the login {login} is given by those who read with it or administer the connections of the grants");
    }

    /// <summary>Whether somebody of these grants (null is what his role reads) and this login reads less than a session may.</summary>
    public static bool IsNarrowed(IReadOnlyList<GrantRecord>? grants, string? login) =>
        login is not null || (grants is not null && !grants.Any(grant => grant is { ConnectionName: Everything, Source: Everything }));

    // On all connections there is nothing to be said: where one has no such login, the token reads nothing.
    private static async ValueTask<string?> FindWithoutAsync(
        string login, IReadOnlyList<GrantRecord> grants, ConnectionStore connections, CancellationToken cancellationToken)
    {
        foreach (var name in grants.Select(grant => grant.ConnectionName).Where(name => name != Everything).Distinct())
        {
            if (await connections.FindAsync(name, cancellationToken) is { } connection && connection.Logins.All(known => known.Name != login)) return name;
        }

        return null;
    }

    // An OAuth client may have a part of what its role reads: it must not come by the rest through a token that it makes.
    private static bool MayGive(TokenRecord giver, GrantRecord wanted) => giver.Grants.Any(own =>
        (own.ConnectionName == Everything || own.ConnectionName == wanted.ConnectionName) && (own.Source == Everything || own.Source == wanted.Source));
}
