namespace CartoPlatform.Contracts.Workspace;

/// <summary>The public keys that OAuth access tokens can be signed with at the moment.</summary>
public sealed record SigningKeysRecord(IReadOnlyList<SigningKeyRecord> Keys);

/// <summary>An RSA key as its JWK has it (RFC 7518, section 6.3.1).</summary>
/// <param name="Id">The <c>kid</c>: its thumbprint.</param>
/// <param name="Modulus"><c>n</c>, in base64url.</param>
/// <param name="Exponent"><c>e</c>, in base64url.</param>
public sealed record SigningKeyRecord(string Id, string Modulus, string Exponent);
