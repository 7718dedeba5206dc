using System.Runtime.CompilerServices;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dependencies;

namespace CartoPlatform.PostGis.Caching;

/// <summary>
/// The last reading of each source, for as long as is remembered what that depends on. The next one is mostly of the same versions, and to
/// make their stamp anew takes as much as a small part of a tile.
/// </summary>
internal sealed class LastReadings(DatabasePool pool)
{
    private readonly ConditionalWeakTable<SourceDependencies, SourceReading> _last = [];

    public SourceReading Of(SourceDependencies dependencies, ReadVersions? versions, int generation, NamedSourceRecord? named, bool isAsHeard)
    {
        if (!_last.TryGetValue(dependencies, out var reading) || !reading.IsOf(versions, generation, named))
            _last.AddOrUpdate(dependencies, reading = new SourceReading(pool, dependencies, versions, generation, named));
        return reading.IsAsHeard == isAsHeard ? reading : reading with { IsAsHeard = isAsHeard };
    }
}
