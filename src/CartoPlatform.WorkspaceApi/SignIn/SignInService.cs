using System.Net;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.WorkspaceApi.Passwords;
using CartoPlatform.WorkspaceApi.Users;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>Whether an address and a password are a user's.</summary>
internal sealed class SignInService(UserStore users, PasswordHashing passwords, AttemptLimiter attempts, TimeProvider time)
{
    /// <summary>
    /// The user; null for everything that is wrong, which is not told apart: an unknown address takes as long as a wrong password, and so
    /// does a locked user with the right one.
    /// </summary>
    public async Task<StoredUser?> FindAsync(string email, string password, CancellationToken cancellationToken)
    {
        var user = await users.FindByEmailAsync(email, cancellationToken);
        var isRight = await passwords.VerifyAsync(user?.PasswordHash, password, cancellationToken);
        var now = time.GetUtcNow();
        var isOpen = user is { IsActive: true } && !(user.LockedUntil > now);
        // Others may have been guessing meanwhile, and have locked him.
        if (isOpen && isRight && await users.CountSuccessAsync(user!.Id, now, cancellationToken)) return user;
        // Of nobody too: it is the same question to the database.
        await users.CountFailureAsync(isOpen ? user!.Id : Guid.Empty, now, cancellationToken);
        return null;
    }

    /// <summary>False where there were too many failures from one place in a minute, whosever password was tried.</summary>
    public bool TryBegin(IPAddress? address) => attempts.TryBegin(KeyOf(address));

    /// <summary>It was no failure.</summary>
    public void Forgive(IPAddress? address) => attempts.Forgive(KeyOf(address));

    private static string KeyOf(IPAddress? address) => AttemptLimiter.KeyOf("sign-in", address);
}
