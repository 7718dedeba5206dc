using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Requests;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>Says whether an entry may answer: young enough, of the connection as it is now, and of data that have not changed.</summary>
internal sealed class EntryJudge(IVersionFeeds feeds, WriteMarks marks, IWorkspaceDirectory directory, IOptions<HttpCacheOptions> options, TimeProvider time)
{
    // Of a feed in another process a word is at most two polls away.
    private static readonly TimeSpan HearingLimit = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RecheckLimit = TimeSpan.FromMilliseconds(50);

    // What is asked beside the polls costs the database as much again at the most.
    private readonly Allowance _rechecks = new(perSecond: 20, atOnce: 20, time);
    private readonly TimeSpan _silence = options.Value.Silence;

    /// <summary>Whether the entry may answer a request that came at this timestamp and asks for this.</summary>
    public async ValueTask<bool> IsUsableAsync(CacheEntry entry, RequestDirectives directives, long arrivedAt, CancellationToken cancellationToken)
    {
        if (!await IsCurrentAsync(entry, arrivedAt, cancellationToken))
        {
            if (entry.UnusableSince == 0)
            {
                entry.UnusableSince = time.GetTimestamp();
                CacheTelemetry.CountInvalidation(entry, ReasonAgainst(entry));
            }

            return false;
        }

        entry.UnusableSince = 0;
        var age = AgeOf(entry);
        var lifetime = TimeSpan.FromSeconds(entry.Declaration.LifetimeSeconds);
        return (directives.MaxAge is null || (age <= directives.MaxAge && directives.MaxAge > TimeSpan.Zero))
            && (directives.MinFresh is null || age + directives.MinFresh <= lifetime);
    }

    /// <summary>
    /// Whether the data are known to be as they were, with word that is younger than the last write through this process. Where the
    /// database is near, and is not asked often, it is asked once more: then word is younger than the request.
    /// </summary>
    public async ValueTask<bool> IsUpToDateAsync(CacheEntry entry, long arrivedAt, CancellationToken cancellationToken)
    {
        var connection = entry.Declaration.Connection;
        var writtenAt = marks.Of(connection);
        if (IsFromBefore(entry, writtenAt)) return false;
        if (entry.Declaration.Incarnation is null) return true;
        if (feeds.Find(connection) is not { } state) return false;
        if (state.HeardAt <= writtenAt) await feeds.HearAsync(connection, writtenAt + 1, HearingLimit, cancellationToken);
        else if (state.HeardAt < arrivedAt && feeds.IsNear && _rechecks.TryTake()) await feeds.HearAsync(connection, arrivedAt, RecheckLimit, cancellationToken);
        return IsAsHeard(entry, writtenAt, time.GetTimestamp());
    }

    /// <summary>Without asking or waiting, and where nothing more could be asked: as good as <see cref="IsUpToDateAsync"/>.</summary>
    public bool IsCertain(CacheEntry entry, long now) => !(feeds.IsNear && _rechecks.IsLeftAt(now)) && IsAsHeard(entry, marks.Of(entry.Declaration.Connection), now);

    /// <summary>Whether the data are known to have changed since: then it is not worth keeping.</summary>
    public bool IsBehind(CacheEntry entry) =>
        feeds.Find(entry.Declaration.Connection) is { } state && state.Incarnation == entry.Declaration.Incarnation
        && entry.Declaration.Versions.Any(version => state.VersionOf(version.Relation) > version.Version);

    /// <summary>Whether the entry may stand in while the origin fails: not where rights may have been taken away since.</summary>
    public bool IsInGrace(CacheEntry entry) =>
        entry.UnusableSince != 0 && time.GetElapsedTime(entry.UnusableSince) <= options.Value.StaleGrace && !IsOfOtherDefinitions(entry);

    /// <summary>Whether the database that it was made from seems to be away.</summary>
    public bool IsSilent(CacheEntry entry) =>
        entry.Declaration.Incarnation is not null
        && (feeds.Find(entry.Declaration.Connection) is not { } state || time.GetElapsedTime(state.HeardAt) > options.Value.Silence);

    private bool IsOfOtherDefinitions(CacheEntry entry) =>
        feeds.Find(entry.Declaration.Connection) is { } state && state.Incarnation == entry.Declaration.Incarnation
        && entry.Declaration.Versions.FirstOrDefault(version => version.Relation == RelationVersion.Definitions) is { } definitions
        && state.VersionOf(RelationVersion.Definitions) > definitions.Version;

    public TimeSpan AgeOf(CacheEntry entry) => time.GetElapsedTime(entry.BornAt);

    private string ReasonAgainst(CacheEntry entry) =>
        IsBehind(entry) ? "changed" : AgeOf(entry).TotalSeconds >= entry.Declaration.LifetimeSeconds ? "old" : "unheard";

    private async ValueTask<bool> IsNamedStillAsync(CacheDeclaration declaration, CancellationToken cancellationToken)
    {
        if (declaration.Rights.NamedSource is not { } name) return true;
        var source = await directory.FindNamedSourceAsync(name, cancellationToken);
        return source is not null && source.Id == declaration.NamedSourceId && source.Revision == declaration.NamedSourceRevision;
    }

    /// <summary>Without asking or waiting: the same as of the last word that was heard.</summary>
    private bool IsAsHeard(CacheEntry entry, long writtenAt, long now)
    {
        var declaration = entry.Declaration;
        if (IsFromBefore(entry, writtenAt)) return false;
        if (declaration.Incarnation is null) return true;
        if (feeds.Find(declaration.Connection) is not { } state || state.HeardAt <= writtenAt) return false;
        if (time.GetElapsedTime(state.HeardAt, now) > _silence || state.Incarnation != declaration.Incarnation) return false;
        if (ReferenceEquals(entry.ConfirmedWith, state.Versions)) return true;

        // More recent than what is known is as good.
        foreach (var (relation, version) in declaration.Versions)
        {
            if (state.VersionOf(relation) > version) return false;
        }

        entry.ConfirmedWith = state.Versions;
        return true;
    }

    // Where not all changes are noticed, only what was read after a write is known to have it.
    private static bool IsFromBefore(CacheEntry entry, long writtenAt) =>
        (entry.Declaration.Incarnation is null || entry.Declaration.HasUnwatched) && entry.BornAt <= writtenAt;

    /// <summary>
    /// Whether the entry is too old and nothing else: then it may answer while somebody fetches a newer one. Not for those who ask for an age.
    /// </summary>
    public async ValueTask<bool> IsOnlyOldAsync(CacheEntry entry, RequestDirectives directives, long arrivedAt, CancellationToken cancellationToken) =>
        directives is { MaxAge: null, MinFresh: null } && IsInGrace(entry) && AgeOf(entry).TotalSeconds >= entry.Declaration.LifetimeSeconds
        && await IsOfTheseDataAsync(entry, arrivedAt, cancellationToken);

    private async ValueTask<bool> IsCurrentAsync(CacheEntry entry, long arrivedAt, CancellationToken cancellationToken) =>
        AgeOf(entry).TotalSeconds < entry.Declaration.LifetimeSeconds && await IsOfTheseDataAsync(entry, arrivedAt, cancellationToken);

    private async ValueTask<bool> IsOfTheseDataAsync(CacheEntry entry, long arrivedAt, CancellationToken cancellationToken)
    {
        var declaration = entry.Declaration;
        if (!await IsUpToDateAsync(entry, arrivedAt, cancellationToken)) return false;
        var connection = await directory.FindConnectionAsync(declaration.Connection, cancellationToken);
        return connection is not null && connection.Id == declaration.ConnectionId && connection.Revision == declaration.ConnectionRevision
            && await IsNamedStillAsync(declaration, cancellationToken);
    }
}
