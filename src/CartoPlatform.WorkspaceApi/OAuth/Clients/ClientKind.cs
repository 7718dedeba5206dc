namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>Values of <c>platform.oauth_clients.kind</c>.</summary>
internal static class ClientKind
{
    /// <summary>A program that keeps a secret, and acts on its own account.</summary>
    public const string Machine = "machine";

    /// <summary>A single-page application: everybody sees its code, so it has no secret, and acts for its user.</summary>
    public const string Spa = "spa";
}
