namespace CartoPlatform.Auth.Administration;

public enum ActorKind
{
    /// <summary>The owner's token.</summary>
    Owner,

    /// <summary>A user, in a session or through an application.</summary>
    User,

    /// <summary>An OAuth client on its own account.</summary>
    Client,

    /// <summary>An API access token.</summary>
    Token,
}
