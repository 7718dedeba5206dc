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
        if (user is null) return null;
        var now = time.GetUtcNow();
        if (!user.IsActive || user.LockedUntil > now) return null;
        if (isRight)
        {
            await users.CountSuccessAsync(user.Id, now, cancellationToken);
            return user;
        }

        await users.CountFailureAsync(user.Id, now, cancellationToken);
        return null;
    }

    /// <summary>Too many failures from one place in a minute, whosever password was tried.</summary>
    public bool IsBlocked(string? address) => attempts.IsBlocked($"sign-in/{address}");

    public void CountFailure(string? address) => attempts.CountFailure($"sign-in/{address}");
}
