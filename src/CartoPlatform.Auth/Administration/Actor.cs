using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth.Administration;

/// <summary>Who acts, from where, and whose the things he makes are.</summary>
/// <param name="AccountId">The organisation.</param>
/// <param name="Kind">What he is.</param>
/// <param name="Id">Of the user, the client or the token.</param>
/// <param name="Name">For people who read the audit.</param>
/// <param name="SeesAll">Whether he administers what others made.</param>
/// <param name="Address">Network address that the request came from; null where there is none.</param>
public sealed record Actor(Guid AccountId, ActorKind Kind, Guid Id, string? Name, bool SeesAll, string? Address)
{
    public static Actor Of(Principal principal, string? address)
    {
        var token = principal.Token;
        return new Actor(
            token.AccountId, KindOf(token), token.HolderId, token.Name, AdministrationPolicy.AdministersOthers(principal), address);
    }

    /// <summary>Whether he may administer what this one made.</summary>
    public bool Administers(Guid? createdBy) => SeesAll || createdBy == Id;

    private static ActorKind KindOf(TokenRecord token) => token switch
    {
        { IsOwner: true } => ActorKind.Owner,
        { UserId: not null } => ActorKind.User,
        { Role: not null } => ActorKind.Client,
        _ => ActorKind.Token,
    };
}
