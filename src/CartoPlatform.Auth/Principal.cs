using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth;

/// <summary>Who makes a request: the token it was made with, known to be genuine, unexpired and not revoked.</summary>
public sealed record Principal(TokenRecord Token)
{
    /// <summary>Statements that change data are allowed to the owner's token alone, for now.</summary>
    public bool CanWrite => Token.IsOwner;

    /// <summary>He is known by the cookie that his browser sends by itself, so a change needs more than that.</summary>
    public bool IsByCookie { get; init; }

    /// <summary>The published key that his OAuth access token is signed with: without it he is nobody. Null for all other tokens.</summary>
    public SigningKeyRecord? SignedWith { get; init; }
}
