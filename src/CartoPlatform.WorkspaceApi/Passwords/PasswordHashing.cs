using Microsoft.AspNetCore.Identity;

namespace CartoPlatform.WorkspaceApi.Passwords;

/// <summary>
/// Passwords by ASP.NET's hasher (PBKDF2, HMAC-SHA512). A hash takes tens of milliseconds of a core by design, so only some are made at
/// a time: guessing must not take the processor from everybody else.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    // The hasher takes a user for those who want to salt by him; it looks at none.
    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher = new();
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly Task<string> _nobodys;
    private long _verified;

    // Not with the first unknown address, which would take twice as long then.
    public PasswordHashing() => _nobodys = Task.Run(() => _hasher.HashPassword(NoUser, Guid.NewGuid().ToString()));

    /// <summary>How often a password has been held against a hash.</summary>
    internal long Verified => Interlocked.Read(ref _verified);

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        InTurnAsync(() => _hasher.HashPassword(NoUser, password), cancellationToken);

    /// <param name="hash">Null where there is none: that takes as long as a wrong password, and is one.</param>
    /// <param name="password">What somebody says.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        var other = hash ?? await _nobodys;
        return await InTurnAsync(() => Verify(other, password), cancellationToken) && hash is not null;
    }

    public void Dispose() => _turns.Dispose();

    private bool Verify(string hash, string password)
    {
        Interlocked.Increment(ref _verified);
        return _hasher.VerifyHashedPassword(NoUser, hash, password) != PasswordVerificationResult.Failed;
    }

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            _turns.Release();
        }
    }
}
