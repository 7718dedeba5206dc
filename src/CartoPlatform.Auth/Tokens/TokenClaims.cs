namespace CartoPlatform.Auth.Tokens;

/// <summary>What a genuine token says of itself; what it may do stands in its record.</summary>
public sealed record TokenClaims(Guid Id, Guid AccountId);
