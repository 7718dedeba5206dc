using Npgsql;

namespace CartoPlatform.PostGis.Dependencies;

/// <summary>A relation, and the SQL that its rows come from or are hidden by.</summary>
internal sealed record NamedRelation(uint Oid, string Schema, string Name, char Kind, IReadOnlyList<string> Definitions)
{
    public bool IsOfSystem => Schema is "pg_catalog" or "information_schema";
}

/// <summary>What the catalogue has under given names.</summary>
internal static class DependencyCatalog
{
    // Of a schema that does not exist the first name is no schema but a table or its alias. The views of information_schema have names
    // that columns like to have too: they count only where the schema is named.
    private const string NamedSql = """
        WITH RECURSIVE asked AS (
            SELECT CASE WHEN EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = a.schema) THEN a.schema END AS schema, a.name, a.call
            FROM unnest($1::text[], $2::text[], $3::boolean[]) AS a(schema, name, call)
        )
        """;

    // A statement tells of the relation that it names: what is read here is written under its own name, an ancestor's or, where it has
    // parts, one of theirs. Never under a sibling's, which may lie elsewhere and tell nothing.
    private const string RelationsSql = NamedSql + """

        , named AS (
            SELECT c.oid FROM asked a JOIN pg_class c ON c.relname = a.name JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND (a.schema = n.nspname OR (a.schema IS NULL AND n.nspname <> 'information_schema'))
            UNION SELECT unnest($4::oid[])
        ), up AS (
            SELECT oid FROM named UNION SELECT i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid
        ), down AS (
            SELECT oid FROM named UNION SELECT i.inhrelid FROM down JOIN pg_inherits i ON i.inhparent = down.oid
        ), family AS (
            SELECT oid FROM up UNION SELECT oid FROM down
        )
        SELECT c.oid, n.nspname, c.relname, c.relkind,
               ARRAY(SELECT pg_get_viewdef(c.oid) WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                     UNION ALL SELECT pg_get_expr(p.polqual, c.oid) FROM pg_policy p WHERE p.polrelid = c.oid AND c.relrowsecurity AND p.polqual IS NOT NULL)
        FROM family f JOIN pg_class c ON c.oid = f.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        """;

    // row.name calls a function of one argument, too.
    private const string FunctionsSql = NamedSql + """

        SELECT DISTINCT p.proname, n.nspname = 'pg_catalog', d.objid IS NOT NULL, p.provolatile, l.lanname, p.prokind = 'f', coalesce(BODY_SQL, '')
        FROM asked a JOIN pg_proc p ON p.proname = a.name JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
        LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        WHERE (a.schema = n.nspname OR a.schema IS NULL) AND (a.call OR (p.pronargs = 1 AND n.nspname <> 'pg_catalog' AND d.objid IS NULL))
        """;

    // Operators and casts call functions without naming them.
    private const string HiddenCallsSql = """
        SELECT EXISTS (
            SELECT FROM (SELECT oprcode AS function FROM pg_operator WHERE oid >= 16384 UNION ALL SELECT castfunc FROM pg_cast WHERE oid >= 16384) AS hidden
            JOIN pg_proc p ON p.oid = hidden.function JOIN pg_language l ON l.oid = p.prolang
            WHERE l.lanname NOT IN ('internal', 'c') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
        """;

    public static async Task<IReadOnlyList<NamedRelation>> FindRelationsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<SqlName> names, IReadOnlyCollection<uint> oids, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(connection, RelationsSql, names);
        command.Parameters.Add(new NpgsqlParameter { Value = oids.ToArray(), DataTypeName = "oid[]" });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<NamedRelation>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new NamedRelation(
                await reader.GetFieldValueAsync<uint>(0, cancellationToken), reader.GetString(1), reader.GetString(2), reader.GetChar(3),
                await reader.GetFieldValueAsync<string[]>(4, cancellationToken)));
        }

        return found;
    }

    public static async Task<IReadOnlyList<NamedFunction>> FindFunctionsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<SqlName> names, CancellationToken cancellationToken)
    {
        // Bodies in standard SQL came with version 14.
        var body = connection.PostgreSqlVersion.Major >= 14 ? "coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)" : "p.prosrc";
        await using var command = CreateCommand(connection, FunctionsSql.Replace("BODY_SQL", body, StringComparison.Ordinal), names);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<NamedFunction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new NamedFunction(
                reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetChar(3), reader.GetString(4), reader.GetBoolean(5), reader.GetString(6)));
        }

        return found;
    }

    public static async Task<bool> HasHiddenCallsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HiddenCallsSql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static NpgsqlCommand CreateCommand(NpgsqlConnection connection, string sql, IReadOnlyCollection<SqlName> names)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = names.Select(name => name.Schema).ToArray(), DataTypeName = "text[]" });
        command.Parameters.Add(new NpgsqlParameter { Value = names.Select(name => name.Name).ToArray(), DataTypeName = "text[]" });
        command.Parameters.Add(new NpgsqlParameter { Value = names.Select(name => name.IsCall).ToArray(), DataTypeName = "boolean[]" });
        return command;
    }
}
