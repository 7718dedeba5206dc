using System.Collections.Concurrent;
using CartoPlatform.Contracts.Caching;

namespace CartoPlatform.PostGis.Changes;

/// <summary>
/// Which relations are known to be watched: nothing of that comes with the news of changes. What was found holds while nothing changes in
/// the catalogue, and for a few seconds at the most: where our triggers are of an older version, one that is dropped is no such change.
/// </summary>
internal sealed class WatchedRelations(TimeSpan lifetime, TimeProvider time)
{
    private const int MaxEntries = 10_000;

    private Catalog _catalog = new("", 0);

    /// <summary>Takes note of relations that are all watched. Without the catalogue's own version that says nothing for later.</summary>
    public void Remember(ReadVersions read)
    {
        if (!read.Versions.TryGetValue(CatalogParts.Everything, out var version)) return;
        var catalog = Volatile.Read(ref _catalog);
        if (!catalog.Is(read.Incarnation, version) || catalog.Found.Count > MaxEntries) Volatile.Write(ref _catalog, catalog = new Catalog(read.Incarnation, version));
        var now = time.GetTimestamp();
        foreach (var relation in read.Versions.Keys) catalog.Found[relation] = now;
    }

    /// <summary>Whether all of them are watched in this state of the database.</summary>
    public bool Know(VersionState state, IEnumerable<uint> relations)
    {
        var catalog = Volatile.Read(ref _catalog);
        return catalog.Is(state.Incarnation, state.VersionOf(CatalogParts.Everything))
            && relations.All(relation => catalog.Found.TryGetValue(relation, out var found) && time.GetElapsedTime(found) < lifetime);
    }

    private sealed class Catalog(string incarnation, long version)
    {
        public ConcurrentDictionary<uint, long> Found { get; } = new();

        public bool Is(string otherIncarnation, long otherVersion) => incarnation == otherIncarnation && version == otherVersion;
    }
}
