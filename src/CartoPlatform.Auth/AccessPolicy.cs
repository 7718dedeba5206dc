namespace CartoPlatform.Auth;

/// <summary>The decision whether a caller may use an API on a source: one pure function, the same in every service.</summary>
public static class AccessPolicy
{
    public static AccessDecision Decide(Principal? principal, Api api, string connection, RequestedSource source)
    {
        if (principal is null) return AccessDecision.Unauthenticated;
        if (principal.Token.IsOwner) return AccessDecision.Allowed;
        return AccessDecision.Forbidden;
    }
}
