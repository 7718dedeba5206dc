using CartoPlatform.PostGis.Changes;
using Npgsql;

namespace CartoPlatform.PostGis.Dependencies;

/// <summary>
/// Finds what a source reads: the names in its text, and in the text of every view, policy and SQL function that those lead to. That
/// finds more than EXPLAIN, which shows neither pruned partitions nor what a condition excludes today, and nothing inside functions.
/// </summary>
internal static class DependencyFinder
{
    // A view of a view of a view … or a search that runs away.
    private const int MaxRounds = 30;
    private const int MaxNames = 20_000;
    private const int MaxTags = 100;

    /// <summary>What a relation's rows depend on.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="oid">The relation.</param>
    /// <param name="isNamedFully">With its schema.</param>
    /// <param name="expressions">SQL on its columns.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static Task<SourceDependencies> OfRelationAsync(NpgsqlDataSource dataSource, uint oid, bool isNamedFully, string expressions, CancellationToken cancellationToken) =>
        FindAsync(dataSource, expressions.Length == 0 ? [] : [expressions], [oid], isNamedFully, cancellationToken);

    /// <summary>What a statement's rows depend on.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="texts">Its text, and those of its values.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static Task<SourceDependencies> OfQueryAsync(NpgsqlDataSource dataSource, IEnumerable<string> texts, CancellationToken cancellationToken) =>
        FindAsync(dataSource, [.. texts], [], isNamedFully: false, cancellationToken);

    private static async Task<SourceDependencies> FindAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<string> texts, IReadOnlyList<uint> oids, bool isNamedFully, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var search = new DependencySearch();
        search.Read(texts);
        for (var round = 0; round == 0 || search.Fresh.Count > 0; round++)
        {
            if (round == MaxRounds || search.NameCount > MaxNames)
            {
                search.IsOpaque = true;
                break;
            }

            var names = search.TakeFresh();
            search.Add(await DependencyCatalog.FindRelationsAsync(connection, names, round == 0 ? oids : [], cancellationToken));
            if (names.Count > 0) search.Add(await DependencyCatalog.FindFunctionsAsync(connection, names, cancellationToken));
        }

        if (search.HasTexts && await DependencyCatalog.HasHiddenCallsAsync(connection, cancellationToken)) search.IsOpaque = true;
        // A table named with its schema stays the same until it is altered itself; all else may begin to mean another relation.
        uint[] parts = isNamedFully && !search.HasTexts ? [CatalogParts.Definitions] : [CatalogParts.Definitions, CatalogParts.Names];
        return new SourceDependencies(
            [.. parts, .. search.Relations.Keys], [.. search.Relations.Values.Take(MaxTags)], search.IsVolatile, search.IsOpaque);
    }

    private sealed class DependencySearch
    {
        private readonly HashSet<SqlName> _seen = [];
        private readonly HashSet<string> _bodies = new(StringComparer.Ordinal);

        public HashSet<SqlName> Fresh { get; private set; } = [];

        public Dictionary<uint, string> Relations { get; } = [];

        public bool HasTexts { get; private set; }

        public bool IsVolatile { get; private set; }

        public bool IsOpaque { get; set; }

        public int NameCount => _seen.Count;

        public void Read(IEnumerable<string> texts)
        {
            foreach (var text in texts)
            {
                if (!_bodies.Add(text)) continue;
                HasTexts = true;
                var names = new HashSet<SqlName>();
                IsVolatile |= !SqlNames.Collect(text, names);
                foreach (var name in names)
                {
                    if (_seen.Add(name)) Fresh.Add(name);
                }
            }
        }

        public HashSet<SqlName> TakeFresh()
        {
            var taken = Fresh;
            Fresh = [];
            return taken;
        }

        public void Add(IReadOnlyList<NamedRelation> relations)
        {
            foreach (var relation in relations)
            {
                // The catalogue, and sequences, change without anybody noticing.
                if (relation.IsOfSystem || relation.Kind == 'S') IsVolatile = true;
                else if (Relations.TryAdd(relation.Oid, $"{relation.Schema}.{relation.Name}")) Read(relation.Definitions);
            }
        }

        public void Add(IReadOnlyList<NamedFunction> functions)
        {
            foreach (var function in functions)
            {
                var trust = function.Trust;
                IsVolatile |= trust == FunctionTrust.Volatile;
                IsOpaque |= trust == FunctionTrust.Opaque;
                // PostgreSQL takes a function for volatile that does not say otherwise: most of them read tables and nothing else.
                if (function.HasReadableBody) Read([function.Body]);
            }
        }
    }
}
