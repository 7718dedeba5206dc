using System.Collections.Immutable;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.Testing.Time;

namespace CartoPlatform.PostGis.Tests.Changes;

/// <summary>What is known to be watched, and when that is forgotten.</summary>
public sealed class WatchedRelationTests
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Relations_that_were_found_watched_are_known_while_the_catalogue_stays_as_it_is()
    {
        var watched = Of(catalogue: 5, 20_001, 20_002);

        Assert.True(watched.Know(State("a", 5), [20_001, 20_002, CatalogParts.Everything]));
        Assert.False(watched.Know(State("a", 5), [20_001, 20_003]));
        Assert.False(watched.Know(State("a", 6), [20_001]));
        Assert.False(watched.Know(State("b", 5), [20_001]));
    }

    [Fact]
    public void What_was_found_does_not_hold_for_long()
    {
        var watched = Of(catalogue: 5, 20_001);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(watched.Know(State("a", 5), [20_001]));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(watched.Know(State("a", 5), [20_001]));
    }

    [Fact]
    public void Another_state_of_the_catalogue_is_another_beginning()
    {
        var watched = Of(catalogue: 5, 20_001);
        watched.Remember(Read("a", 6, 20_002));

        Assert.True(watched.Know(State("a", 6), [20_002]));
        Assert.False(watched.Know(State("a", 6), [20_001]));
    }

    [Fact]
    public void Without_the_catalogues_version_nothing_is_remembered()
    {
        var watched = new WatchedRelations(TimeSpan.FromSeconds(5), _time);
        watched.Remember(new ReadVersions("a", new Dictionary<uint, long> { [20_001] = 1 }, AreAllWatched: true));

        Assert.False(watched.Know(State("a", 0), [20_001]));
    }

    private WatchedRelations Of(long catalogue, params uint[] relations)
    {
        var watched = new WatchedRelations(TimeSpan.FromSeconds(5), _time);
        watched.Remember(Read("a", catalogue, relations));
        return watched;
    }

    private static ReadVersions Read(string incarnation, long catalogue, params uint[] relations) =>
        new(incarnation, relations.ToDictionary(relation => relation, _ => 1L).Append(new(CatalogParts.Everything, catalogue)).ToDictionary(), AreAllWatched: true);

    private VersionState State(string incarnation, long catalogue) =>
        new(incarnation, ImmutableDictionary<uint, long>.Empty.Add(CatalogParts.Everything, catalogue), _time.GetTimestamp());
}
