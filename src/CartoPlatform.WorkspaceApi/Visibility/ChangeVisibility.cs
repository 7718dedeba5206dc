using CartoPlatform.WorkspaceClient.Caching;

namespace CartoPlatform.WorkspaceApi.Visibility;

/// <summary>
/// Lets the answer to a change wait until the change holds everywhere: who has it, can rely on it in the next request. What this process
/// remembers is asked again at once; other processes trust what they read for <see cref="CachedWorkspaceDirectory.TrustedFor"/>, so
/// where there are any, that long is waited. They need not hear of anything, and no bus need work.
/// </summary>
internal sealed class ChangeVisibility(CachedWorkspaceDirectory memory, Surroundings surroundings)
{
    // Others that this one is said not to have, such as a second process on the same database.
    private bool _isAskedByOthers;

    /// <summary>Another process has asked for a record.</summary>
    public void NoteOtherProcess() => Volatile.Write(ref _isAskedByOthers, true);

    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        memory.AskAgain();
        // Their clocks are real ones, whatever ours is.
        if (!surroundings.IsAlone || Volatile.Read(ref _isAskedByOthers)) await Task.Delay(CachedWorkspaceDirectory.TrustedFor, TimeProvider.System, cancellationToken);
    }
}
