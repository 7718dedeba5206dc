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
    private readonly Lazy<string> _nobodys;

    public PasswordHashing() => _nobodys = new Lazy<string>(() => _hasher.HashPassword(NoUser, Guid.NewGuid().ToString()));

    public Task<string> HashAsync(string password, CancellationToken cancellationToken) =>
        InTurnAsync(() => _hasher.HashPassword(NoUser, password), cancellationToken);

    /// <param name="hash">Null where there is none: that takes as long as a wrong password, and is one.</param>
    /// <param name="password">What somebody says.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<bool> VerifyAsync(string? hash, string password, CancellationToken cancellationToken) => InTurnAsync(
        () => _hasher.VerifyHashedPassword(NoUser, hash ?? _nobodys.Value, password) != PasswordVerificationResult.Failed && hash is not null,
        cancellationToken);

    public void Dispose() => _turns.Dispose();

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
