using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Requests;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>Says whether an entry may answer: young enough, of the connection as it is now, and of data that have not changed.</summary>
internal sealed class EntryJudge(IVersionFeeds feeds, IWorkspaceDirectory directory, IOptions<HttpCacheOptions> options, TimeProvider time)
{
    /// <summary>Whether the entry may answer a request that asks for this.</summary>
    public async ValueTask<bool> IsUsableAsync(CacheEntry entry, RequestDirectives directives, CancellationToken cancellationToken)
    {
        if (!await IsCurrentAsync(entry, cancellationToken))
        {
            if (entry.UnusableSince == 0) entry.UnusableSince = time.GetTimestamp();
            return false;
        }

        entry.UnusableSince = 0;
        var age = AgeOf(entry);
        var lifetime = TimeSpan.FromSeconds(entry.Declaration.LifetimeSeconds);
        return (directives.MaxAge is null || (age <= directives.MaxAge && directives.MaxAge > TimeSpan.Zero))
            && (directives.MinFresh is null || age + directives.MinFresh <= lifetime);
    }

    /// <summary>Whether the data are known to be as they were; more recent than what is known is as good.</summary>
    public bool IsUpToDate(CacheEntry entry)
    {
        var declaration = entry.Declaration;
        if (declaration.Incarnation is null) return true;
        if (feeds.Find(declaration.Connection) is not { } state) return false;
        if (time.GetElapsedTime(state.HeardAt) > options.Value.Silence || state.Incarnation != declaration.Incarnation) return false;
        if (ReferenceEquals(entry.ConfirmedWith, state.Versions)) return true;

        foreach (var (relation, version) in declaration.Versions)
        {
            if (state.VersionOf(relation) > version) return false;
        }

        entry.ConfirmedWith = state.Versions;
        return true;
    }

    /// <summary>Whether the data are known to have changed since: then it is not worth keeping.</summary>
    public bool IsBehind(CacheEntry entry) =>
        feeds.Find(entry.Declaration.Connection) is { } state && state.Incarnation == entry.Declaration.Incarnation
        && entry.Declaration.Versions.Any(version => state.VersionOf(version.Relation) > version.Version);

    /// <summary>Whether the entry may stand in while the origin fails.</summary>
    public bool IsInGrace(CacheEntry entry) =>
        entry.UnusableSince != 0 && time.GetElapsedTime(entry.UnusableSince) <= options.Value.StaleGrace;

    public TimeSpan AgeOf(CacheEntry entry) => time.GetElapsedTime(entry.BornAt);

    private async ValueTask<bool> IsNamedStillAsync(CacheDeclaration declaration, CancellationToken cancellationToken)
    {
        if (declaration.Rights.NamedSource is not { } name) return true;
        var source = await directory.FindNamedSourceAsync(name, cancellationToken);
        return source is not null && source.Id == declaration.NamedSourceId && source.Revision == declaration.NamedSourceRevision;
    }

    private async ValueTask<bool> IsCurrentAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        var declaration = entry.Declaration;
        if (AgeOf(entry).TotalSeconds >= declaration.LifetimeSeconds || !IsUpToDate(entry)) return false;
        var connection = await directory.FindConnectionAsync(declaration.Connection, cancellationToken);
        return connection is not null && connection.Id == declaration.ConnectionId && connection.Revision == declaration.ConnectionRevision
            && await IsNamedStillAsync(declaration, cancellationToken);
    }
}
