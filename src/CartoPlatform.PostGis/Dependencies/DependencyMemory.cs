using System.Collections.Concurrent;
using CartoPlatform.PostGis.Relations;
using Npgsql;

namespace CartoPlatform.PostGis.Dependencies;

/// <summary>A relation, or a query with its values.</summary>
internal sealed record DependencyQuestion(uint? Relation, bool IsNamedFully, string Sql, string Values)
{
    /// <param name="relation">What is read.</param>
    /// <param name="name">As the caller wrote it: without a schema, another one may be found tomorrow.</param>
    /// <param name="expressions">SQL of the caller's own on it.</param>
    public static DependencyQuestion Of(Relation relation, string name, IReadOnlyList<string> expressions) => new(
        relation.Oid, RelationName.TryParse(name, out var parsed) && parsed.Schema is not null, string.Join('\n', expressions), "");
}

/// <summary>What was found for a source, kept until the catalogue changes. On a database that is not watched it decides a lifetime only.</summary>
internal sealed class DependencyMemory(NpgsqlDataSource dataSource, RelationCatalog catalog)
{
    private const long MaxCharacters = 4 * 1024 * 1024;

    private Memory _memory = new(catalog.Generation);

    public async ValueTask<SourceDependencies> FindAsync(DependencyQuestion question, CancellationToken cancellationToken)
    {
        var memory = Current();
        if (memory.Found.TryGetValue(question, out var known)) return known;
        var found = question.Relation is { } oid
            ? await DependencyFinder.OfRelationAsync(dataSource, oid, question.IsNamedFully, question.Sql, cancellationToken)
            : await DependencyFinder.OfQueryAsync(dataSource, TextsOf(question), cancellationToken);
        if (memory.Add(question)) memory.Found[question] = found;
        return found;
    }

    // A value of text may mean a time, as a constant in the SQL may.
    private static IEnumerable<string> TextsOf(DependencyQuestion question) =>
        SqlNames.IsPlainLiteral($" {question.Values}") ? [question.Sql] : [question.Sql, "current_date"];

    private Memory Current()
    {
        var memory = Volatile.Read(ref _memory);
        var generation = catalog.Generation;
        if (memory.Generation == generation && !memory.IsFull) return memory;
        var fresh = new Memory(generation);
        Volatile.Write(ref _memory, fresh);
        return fresh;
    }

    private sealed class Memory(int generation)
    {
        private long _characters;

        public int Generation => generation;

        public ConcurrentDictionary<DependencyQuestion, SourceDependencies> Found { get; } = new();

        public bool IsFull => Interlocked.Read(ref _characters) > MaxCharacters;

        public bool Add(DependencyQuestion question) =>
            Interlocked.Add(ref _characters, 100 + question.Sql.Length + question.Values.Length) <= MaxCharacters;
    }
}
