using CartoPlatform.Auth.Grants;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth;

/// <summary>The decision whether a caller may use an API on a source: one pure function, the same in every service.</summary>
public static class AccessPolicy
{
    private const string EveryConnection = "*";

    public static AccessDecision Decide(Principal? principal, Api api, string connection, RequestedSource source) =>
        Decide(principal, [api], connection, source);

    /// <param name="principal">Who asks; null without a token.</param>
    /// <param name="anyOf">APIs of which one is enough: models and stats belong to <c>sql</c> and <c>maps</c> (contract, section 12.3).</param>
    /// <param name="connection">Name of the connection.</param>
    /// <param name="source">What is to be read.</param>
    public static AccessDecision Decide(Principal? principal, ReadOnlySpan<Api> anyOf, string connection, RequestedSource source)
    {
        if (principal is null) return AccessDecision.Unauthenticated;
        var token = principal.Token;
        if (token.IsOwner) return AccessDecision.Allowed;
        if (!AllowsAny(token, anyOf)) return AccessDecision.Forbidden;
        foreach (var grant in token.Grants)
        {
            if (Names(grant, connection) && GrantedSource.Parse(grant.Source).Covers(source)) return AccessDecision.Allowed;
        }

        return AccessDecision.Forbidden;
    }

    /// <summary>Whether the connection takes such a source from anybody: it may be kept to named sources, and then takes no SQL.</summary>
    public static bool Takes(ConnectionRecord connection, RequestedSource source) =>
        !connection.NamedSourcesOnly || source is not (RequestedSource.Query or RequestedSource.QueryHash);

    /// <summary>Whether the caller may know that the connection exists: a grant on anything in it is enough.</summary>
    public static bool SeesConnection(Principal principal, string connection) =>
        principal.Token.IsOwner || principal.Token.Grants.Any(grant => Names(grant, connection));

    /// <summary>Whether the caller reads a named source on any connection: then he may know its SQL, if he administers some.</summary>
    public static bool ReadsNamedSource(Principal principal, string name) => principal.Token.IsOwner
        || (AllowsAny(principal.Token, [Api.Maps, Api.Sql])
            && principal.Token.Grants.Any(grant => GrantedSource.Parse(grant.Source).Covers(new RequestedSource.NamedSource(name))));

    private static bool Names(GrantRecord grant, string connection) =>
        grant.ConnectionName == EveryConnection || grant.ConnectionName == connection;

    private static bool AllowsAny(TokenRecord token, ReadOnlySpan<Api> anyOf)
    {
        foreach (var api in anyOf)
        {
            if (token.AllowedApis.Contains(NameOf(api))) return true;
        }

        return false;
    }

    private static string NameOf(Api api) => api switch
    {
        Api.Maps => "maps",
        Api.Sql => "sql",
        Api.Imports => "imports",
        Api.Lds => "lds",
        _ => throw new ArgumentOutOfRangeException(nameof(api)),
    };
}
