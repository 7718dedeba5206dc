using Microsoft.Extensions.Logging;

namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>
/// What the reads of all records say of the Workspace API: whether it answers, and since when it was last seen not to. One that waited in vain
/// spares the others their wait, whatever they would have read. Leaves a line when what is known begins to be used, and one at the end.
/// </summary>
internal sealed partial class Outage(TimeProvider time, ILogger<Outage> logger)
{
    private Silence? _latest;
    private int _isProbed;

    public bool IsOn => Volatile.Read(ref _latest) is not null;

    public void Answered()
    {
        if (IsOn && Interlocked.Exchange(ref _latest, null) is not null) LogEnd();
    }

    public void Unanswered(long startedAt, string reason)
    {
        var silence = new Silence(startedAt, time.GetElapsedTime(startedAt));
        var before = Volatile.Read(ref _latest);
        while (before is null || before.StartedAt < startedAt)
        {
            var seen = Interlocked.CompareExchange(ref _latest, silence, before);
            if (seen == before) break;
            before = seen;
        }

        if (before is null) LogBegin(reason);
    }

    /// <summary>Whether a read that was begun after <paramref name="since"/>, and less than <paramref name="age"/> ago, had no answer.</summary>
    public bool IsSeen(long since, TimeSpan age) =>
        Volatile.Read(ref _latest) is { } latest && latest.StartedAt > since && time.GetElapsedTime(latest.StartedAt) < age;

    /// <summary>
    /// Whether the caller is to look if it is over, and to say when he has (<see cref="EndProbe"/>): one at a time, and so early that he knows
    /// before what was seen last is <paramref name="age"/> old. Where reads fail at once there is no need: the next one finds out.
    /// </summary>
    public bool BeginProbe(TimeSpan age) =>
        Volatile.Read(ref _latest) is { } latest && time.GetElapsedTime(latest.StartedAt) + 2 * latest.Took >= age && Interlocked.Exchange(ref _isProbed, 1) == 0;

    public void EndProbe() => Volatile.Write(ref _isProbed, 0);

    [LoggerMessage(5102, LogLevel.Warning, "Known tokens and connections are used without the Workspace API: {Reason}")]
    private partial void LogBegin(string reason);

    [LoggerMessage(5103, LogLevel.Information, "The Workspace API answers again")]
    private partial void LogEnd();

    private sealed record Silence(long StartedAt, TimeSpan Took);
}
