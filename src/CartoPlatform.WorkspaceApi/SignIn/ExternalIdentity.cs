namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>Somebody as his provider knows him.</summary>
internal sealed record ExternalIdentity(string Issuer, string Subject, string? Email, bool IsEmailVerified, string? Name, IReadOnlyList<string> Groups);
