namespace CartoPlatform.Auth;

/// <summary>May this caller read that source?</summary>
public enum AccessDecision
{
    Allowed,

    /// <summary>No principal: 401, "Token not defined".</summary>
    Unauthenticated,

    /// <summary>No grant, or the API is not among the token's: 403.</summary>
    Forbidden,
}
