using System.Collections.Concurrent;
using CartoPlatform.PostGis.Columns;
using Npgsql;

namespace CartoPlatform.PostGis.Relations;

/// <summary>
/// Looks relations up in the database's own catalogue. What it found is trusted for two seconds, so that a burst of tiles asks once
/// and a changed table is seen at once by human measure. That there is none is trusted for less: nothing that is made of a table which is
/// not there asks what has changed, so that a table which was just made would be missed for that long.
/// </summary>
public sealed class RelationCatalog(NpgsqlDataSource dataSource, TimeProvider time)
{
    private const int MaxEntries = 1_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MissLifetime = TimeSpan.FromMilliseconds(100);

    // Statistics are of all rows: who may read none or some of them is told nothing by them.
    // Unquoted parts match as written first and folded to lower case second, as a caller expects who sees "Stores" in a list.
    private const string FindSql = """
        SELECT c.oid, current_database(), n.nspname, c.relname,
               CASE WHEN c.reltuples >= 0 AND c.relkind IN ('r', 'm', 'p') AND NOT row_security_active(c.oid)
                         AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') THEN c.reltuples::int8 END,
               c.relkind IN ('r', 'm'), c.relkind IN ('r', 'm') AND NOT c.relhassubclass AND NOT c.relrowsecurity, row_security_active(c.oid)
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
          AND (c.relname = $1 OR ($2 AND c.relname = lower($1)))
          AND CASE WHEN $3::text IS NULL THEN n.nspname = ANY (current_schemas(false)) ELSE n.nspname = $3 OR ($4 AND n.nspname = lower($3)) END
          AND ($5::text IS NULL OR current_database() = $5 OR ($6 AND current_database() = lower($5)))
        ORDER BY n.nspname = $3 DESC NULLS LAST, array_position(current_schemas(false), n.nspname), c.relname = $1 DESC
        LIMIT 1
        """;

    // What a caller may have meant by a name that is none's: names of about its length that may be read.
    private const string SimilarSql = """
        SELECT n.nspname, c.relname
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('carto', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
          AND abs(length(c.relname) - length($1)) <= 2
          AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
        LIMIT 2000
        """;

    // indkey is an int2vector, whose subscripts begin at 0.
    private const string ColumnsSql = """
        SELECT a.attname, t.typname, CASE WHEN b.typname IN ('geometry', 'geography') THEN format_type(b.oid, greatest(a.atttypmod, t.typtypmod)) END,
               b.typname, b.typtype = 'e', coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
        FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
        WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """;

    private readonly Lock _gate = new();
    private ConcurrentDictionary<RelationName, (long Found, Relation? Relation)> _entries = new();
    private (string? Incarnation, long Version) _confirmed;
    private volatile int _generation;

    /// <summary>Moves when the catalogue is known to have changed.</summary>
    public int Generation => _generation;

    /// <summary>The relation of this name, or null where there is none that is a table of rows.</summary>
    public async ValueTask<Relation?> FindAsync(RelationName name, CancellationToken cancellationToken)
    {
        // A look-up that began before the catalogue changed writes into what nobody reads any more.
        var entries = _entries;
        if (entries.TryGetValue(name, out var entry) && time.GetElapsedTime(entry.Found) < (entry.Relation is null ? MissLifetime : Lifetime)) return entry.Relation;

        var found = time.GetTimestamp();
        var relation = await ReadAsync(name, cancellationToken);
        if (entries.Count >= MaxEntries) entries.Clear();
        entries[name] = (found, relation);
        return relation;
    }

    /// <summary>The name of a relation that may have been meant by one that is none's, of those that the caller may know of; null if none is like it.</summary>
    public async ValueTask<string?> FindSimilarAsync(RelationName name, Func<string, string, bool> mayKnow, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(SimilarSql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = name.Table.Text } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var there = new List<(string Schema, string Table)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (mayKnow(reader.GetString(0), reader.GetString(1))) there.Add((reader.GetString(0), reader.GetString(1)));
        }

        return SimilarNames.Choose(name, there);
    }

    /// <summary>Forgets what was found: a statement met a table that is no longer as described.</summary>
    public void Forget() => _entries = new();

    /// <summary>Forgets what was found if the catalogue has another version than at the last time, and gives the generation that holds now.</summary>
    internal int Confirm(string incarnation, long version)
    {
        lock (_gate)
        {
            if (_confirmed == (incarnation, version)) return _generation;
            Forget();
            _confirmed = (incarnation, version);
            return ++_generation;
        }
    }

    /// <summary>Whether the catalogue is known to have a later version.</summary>
    internal bool IsBeyond(string incarnation, long version)
    {
        lock (_gate) return _confirmed.Incarnation == incarnation && _confirmed.Version > version;
    }

    private async Task<Relation?> ReadAsync(RelationName name, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var relation = await ReadRelationAsync(connection, name, cancellationToken);
        return relation is null ? null : await ReadColumnsAsync(connection, relation, cancellationToken);
    }

    private static async Task<Relation?> ReadRelationAsync(NpgsqlConnection connection, RelationName name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSql, connection);
        foreach (var part in (NamePart?[])[name.Table, name.Schema, name.Database])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = part?.Text ?? (object)DBNull.Value, DataTypeName = "text" });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = part is { Quoted: false } });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? ToRelation(reader) : null;
    }

    private static Relation ToRelation(NpgsqlDataReader row) => new()
    {
        Oid = row.GetFieldValue<uint>(0),
        Database = row.GetString(1),
        Schema = row.GetString(2),
        Name = row.GetString(3),
        EstimatedRows = row.IsDBNull(4) ? null : row.GetInt64(4),
        HasRowAddress = row.GetBoolean(5),
        IsOneHeap = row.GetBoolean(6),
        IsRowSecured = row.GetBoolean(7),
        Columns = [],
        PrimaryKey = [],
    };

    private static async Task<Relation> ReadColumnsAsync(NpgsqlConnection connection, Relation relation, CancellationToken cancellationToken)
    {
        var columns = new List<Column>();
        var keys = new SortedDictionary<int, string>();
        await using var command = new NpgsqlCommand(ColumnsSql, connection) { Parameters = { new() { Value = relation.Oid, DataTypeName = "oid" } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var column = ToColumn(reader);
            columns.Add(column);
            if (reader.GetInt32(5) is > 0 and var position) keys.Add(position, column.Name);
        }

        return relation with { Columns = columns, PrimaryKey = [.. keys.Values] };
    }

    private static Column ToColumn(NpgsqlDataReader row)
    {
        var baseType = row.GetString(3);
        var kind = row.GetBoolean(4) ? ColumnKind.Text : ColumnKinds.FromTypeName(baseType);
        var (geometryType, srid) = row.IsDBNull(2) ? (null, 0) : GeometryModifier.Parse(row.GetString(2));
        return new Column(row.GetString(0), baseType, kind, geometryType, srid);
    }
}
