using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dependencies;
using CartoPlatform.PostGis.Relations;

namespace CartoPlatform.PostGis.Caching;

/// <summary>A source as it was before its data were read: what it depends on, and the versions of that.</summary>
public sealed record SourceReading
{
    private readonly NamedSourceRecord? _named;

    internal SourceReading(DatabasePool pool, SourceDependencies dependencies, ReadVersions? versions, int generation, NamedSourceRecord? named)
    {
        (Pool, Dependencies, Versions, Generation, _named) = (pool, dependencies, versions, generation, named);
        var version = versions is null ? (long?)null : DataStamp.Of(pool.Record, named, versions);
        State = $"{generation}/{version}";
        Stamp = versions is { AreAllWatched: true } && dependencies is { IsVolatile: false, IsOpaque: false } ? version : null;
    }

    /// <summary>Names exactly these data in URLs; null where nothing can tell when they change.</summary>
    public long? Stamp { get; }

    /// <summary>Names exactly the data of two sources; null where nothing can tell when those of either change.</summary>
    public static long? StampOf(SourceReading one, SourceReading other) =>
        one.Stamp is { } first && other.Stamp is { } second ? ((first * 31) + second) & ((1L << 52) - 1) : null;

    /// <summary>Equal for equal data, where that can be told: belongs to the key of whatever is remembered of them.</summary>
    public string State { get; }

    /// <summary>Moves when the catalogue changes: what was looked up under another one may be outdated.</summary>
    public int Generation { get; }

    /// <summary>False where the versions were not asked for: then nothing can be said of them afterwards.</summary>
    public bool IsVersioned { get; private init; } = true;

    internal DatabasePool Pool { get; }

    internal SourceDependencies Dependencies { get; }

    internal ReadVersions? Versions { get; }

    /// <summary>Whether the versions may be from before the reading began: of the last word of changes.</summary>
    public bool IsAsHeard { get; internal init; }

    /// <summary>Whether nothing has changed since the reading began, as far as that can be told: then what was read meanwhile is of these data.</summary>
    public async ValueTask<bool> HoldsAsync(CancellationToken cancellationToken) =>
        Versions is not null && Versions.Equals(await Pool.Versions.ReadAsync([.. Versions.Versions.Keys], cancellationToken));

    /// <summary>Whether one that begins with these would be the same.</summary>
    internal bool IsOf(ReadVersions? versions, int generation, NamedSourceRecord? named) =>
        Generation == generation && ReferenceEquals(_named, named) && Equals(Versions, versions);

    /// <summary>Reads a source for an answer that nobody keeps: what it depends on need not be known, which saves asking the database.</summary>
    public static SourceReading Unversioned(DatabasePool pool) =>
        new(pool, SourceDependencies.None, null, pool.Catalog.Generation, null) { IsVersioned = false };

    /// <summary>Begins to read a relation.</summary>
    /// <param name="pool">The connection.</param>
    /// <param name="relation">The relation.</param>
    /// <param name="name">As the caller wrote it: with a schema or without.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public static ValueTask<SourceReading> BeginAsync(DatabasePool pool, Relation relation, string name, CancellationToken cancellationToken) =>
        BeginAsync(pool, relation, name, [], cancellationToken);

    /// <summary>Begins to read a relation, with SQL of the caller's own on it.</summary>
    /// <param name="pool">The connection.</param>
    /// <param name="relation">The relation.</param>
    /// <param name="name">As the caller wrote it.</param>
    /// <param name="expressions">The SQL.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public static ValueTask<SourceReading> BeginAsync(
        DatabasePool pool, Relation relation, string name, IReadOnlyList<string> expressions, CancellationToken cancellationToken) =>
        BeginAsync(pool, DependencyQuestion.Of(relation, name, expressions), null, null, cancellationToken);

    /// <summary>Begins to read a relation of which something is kept by versions: those will do that it had at this timestamp or later.</summary>
    /// <param name="pool">The connection.</param>
    /// <param name="relation">The relation.</param>
    /// <param name="name">As the caller wrote it.</param>
    /// <param name="since">The timestamp.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public static ValueTask<SourceReading> BeginAsync(DatabasePool pool, Relation relation, string name, long since, CancellationToken cancellationToken) =>
        BeginAsync(pool, DependencyQuestion.Of(relation, name, []), null, since, cancellationToken);

    /// <summary>Begins to read a query's result.</summary>
    /// <param name="pool">The connection.</param>
    /// <param name="sql">Its text.</param>
    /// <param name="values">The values of its placeholders, in any form.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <param name="named">The named source that the text comes from.</param>
    public static ValueTask<SourceReading> BeginAsync(
        DatabasePool pool, string sql, string? values, NamedSourceRecord? named, CancellationToken cancellationToken) =>
        BeginAsync(pool, new DependencyQuestion(null, false, sql, values ?? ""), named, null, cancellationToken);

    private static async ValueTask<SourceReading> BeginAsync(
        DatabasePool pool, DependencyQuestion question, NamedSourceRecord? named, long? since, CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = pool.Catalog.Generation;
            var dependencies = await pool.Dependencies.FindAsync(question, cancellationToken);
            uint[] relations = [.. dependencies.Relations, CatalogParts.Everything];
            var versions = since is { } at
                ? await pool.Versions.ReadAsync(relations, at, cancellationToken)
                : await pool.Versions.ReadAsync(relations, cancellationToken);
            if (since is not null && versions is not null && pool.Catalog.IsBeyond(versions.Incarnation, versions.Versions[CatalogParts.Everything]))
            {
                since = null;
                continue;
            }

            // What was remembered of the catalogue is true if nothing has changed in it since.
            if (versions is null || pool.Catalog.Confirm(versions.Incarnation, versions.Versions[CatalogParts.Everything]) == generation)
                return pool.LastReadings.Of(dependencies, versions, generation, named, isAsHeard: since is not null);
        }
    }
}
