using CartoPlatform.Auth.Administration;
using CartoPlatform.WorkspaceApi.Users;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>From somebody whom the provider knows to a user of ours, who is made at his first sign-in.</summary>
internal sealed class ExternalUsers(UserStore users, IOptions<OpenIdConnectOptions> options, TimeProvider time)
{
    private const int MaxGroups = 1_000;

    /// <summary>The user; null for somebody who may not come in.</summary>
    public async Task<StoredUser?> AdmitAsync(ExternalIdentity identity, string? address, CancellationToken cancellationToken)
    {
        if (options.Value.RoleOf(identity.Groups) is not { } role) return null;
        var user = await users.FindBySubjectAsync(identity.Issuer, identity.Subject, cancellationToken);
        if (user is null)
        {
            // An address proves something only when the provider has checked it.
            if (identity is not { Email: { } email, IsEmailVerified: true } || !UserRules.IsEmail(email)) return null;
            user = await users.FindByEmailAsync(email, cancellationToken);
            // Somebody else of the same provider has it: a subject is never given to another one.
            if (user is { Issuer: not null }) return null;
            user ??= await CreateAsync(identity, email, role, address, cancellationToken);
        }

        if (user is not { IsActive: true }) return null;
        await users.TakeOverAsync(user.Id, identity.Issuer, identity.Subject, identity.Name, role, [.. identity.Groups.Take(MaxGroups)], cancellationToken);
        await users.CountSuccessAsync(user.Id, time.GetUtcNow(), cancellationToken);
        return await users.FindAsync(user.Id, cancellationToken);
    }

    private async Task<StoredUser?> CreateAsync(
        ExternalIdentity identity, string email, Contracts.Workspace.AccountRole role, string? address, CancellationToken cancellationToken)
    {
        var user = new StoredUser
        {
            Id = Guid.NewGuid(),
            AccountId = await users.FindAccountAsync(cancellationToken),
            Email = email.Trim().ToLowerInvariant(),
            Name = identity.Name is { Length: > 0 and <= 200 } name ? name : null,
            Role = role,
            Issuer = identity.Issuer,
        };
        // He makes himself; of two sign-ins at once one makes him.
        var actor = new Actor(user.AccountId, ActorKind.User, user.Id, user.Email, SeesAll: false, address);
        await users.AddAsync(user, identity.Subject, actor, cancellationToken);
        return await users.FindBySubjectAsync(identity.Issuer, identity.Subject, cancellationToken);
    }
}
