using System.Text.Json.Nodes;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Relations;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections.Resources;

/// <summary>Reads the tree out of the database's catalogue, on the login that reads, so that it shows what that may see.</summary>
/// <param name="pool">The connection.</param>
/// <param name="mayRead">Whether the caller may read the table (database, schema, name).</param>
internal sealed class ResourceTree(DatabasePool pool, Func<string, string, string, bool> mayRead)
{
    private const int MaxChildren = 10_000;

    // Of every table: too many for some databases, and more than anybody reads. Number and size are of all rows: with row-level security
    // they are nobody's who sees some of them.
    private const string TablesSql = """
        SELECT current_database(), n.nspname, c.relname, c.relkind::text,
               CASE WHEN c.relkind IN ('r', 'p', 'm') AND c.reltuples >= 0 AND NOT row_security_active(c.oid) THEN c.reltuples::int8 END,
               CASE WHEN c.relkind IN ('r', 'm') AND NOT row_security_active(c.oid) THEN pg_total_relation_size(c.oid) END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND (c.relname = $5 OR $5 IS NULL AND NOT c.relispartition)
          AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
          AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
          AND (current_database() = $1 OR ($2 AND current_database() = lower($1)) OR $1 IS NULL)
          AND ($3 IS NULL OR n.nspname = $3 OR ($4 AND n.nspname = lower($3)))
        ORDER BY n.nspname, c.relname
        LIMIT 10001
        """;

    private const string ColumnsSql = """
        SELECT attname FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND has_column_privilege(attrelid, attnum, 'SELECT')
        """;

    public async Task<IReadOnlyList<JsonObject>> ListDatabasesAsync(CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand("SELECT current_database()");
        var name = (string?)await command.ExecuteScalarAsync(cancellationToken) ?? "";
        return [new JsonObject { ["id"] = NameOf(name), ["name"] = name, ["type"] = "database" }];
    }

    /// <summary>The schemas with a table that the caller may read; null where there is none, or no such database.</summary>
    public async Task<IReadOnlyList<JsonObject>?> ListSchemasAsync(NamePart database, CancellationToken cancellationToken)
    {
        var tables = await ReadAsync(database, null, null, cancellationToken);
        return tables.Count == 0 ? null : [.. tables.DistinctBy(table => table.Schema).Select(table => new JsonObject
        {
            ["id"] = $"{NameOf(table.Database)}.{NameOf(table.Schema)}", ["name"] = table.Schema, ["type"] = "schema",
        })];
    }

    public async Task<IReadOnlyList<JsonObject>?> ListTablesAsync(NamePart database, NamePart schema, CancellationToken cancellationToken)
    {
        var tables = await ReadAsync(database, schema, null, cancellationToken);
        return tables.Count == 0 ? null : [.. tables.Select(Tell)];
    }

    /// <summary>A table with its columns; null where there is none that the caller may read.</summary>
    public async Task<JsonObject?> FindTableAsync(RelationName name, CancellationToken cancellationToken)
    {
        if (await pool.Catalog.FindAsync(name, cancellationToken) is not { } relation) return null;
        var tables = await ReadAsync(new NamePart(relation.Database, true), new NamePart(relation.Schema, true), relation.Name, cancellationToken);
        if (tables is not [var table]) return null;
        var told = Tell(table);
        var columns = await ReadableColumnsAsync(relation, cancellationToken);
        told["geomField"] = columns.FirstOrDefault(column => column.IsSpatial)?.Name;
        told["schema"] = new JsonArray([.. columns.Select(column =>
        {
            var field = new JsonObject { ["name"] = column.Name, ["type"] = column.ToFieldSchema().Type, ["dbType"] = column.TypeName };
            if (column.IsSpatial)
            {
                field["geometryType"] = column.GeometryType;
                field["srid"] = column.Srid;
            }

            return (JsonNode)field;
        })]);
        return told;
    }

    private async Task<IReadOnlyList<Column>> ReadableColumnsAsync(Relation relation, CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand(ColumnsSql);
        command.Parameters.Add(new NpgsqlParameter { Value = relation.Oid, DataTypeName = "oid" });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var readable = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) readable.Add(reader.GetString(0));
        return [.. relation.Columns.Where(column => readable.Contains(column.Name))];
    }

    /// <param name="database">Its name.</param>
    /// <param name="schema">Null is all.</param>
    /// <param name="table">Exactly, a partition too; null is all that are none.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    private async Task<List<Table>> ReadAsync(NamePart database, NamePart? schema, string? table, CancellationToken cancellationToken)
    {
        await using var command = pool.Reader.CreateCommand(TablesSql);
        command.Parameters.Add(new NpgsqlParameter { Value = database.Text, DataTypeName = "text" });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = !database.Quoted });
        command.Parameters.Add(new NpgsqlParameter { Value = schema?.Text ?? (object)DBNull.Value, DataTypeName = "text" });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = schema is { Quoted: false } });
        command.Parameters.Add(new NpgsqlParameter { Value = table ?? (object)DBNull.Value, DataTypeName = "text" });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<Table>();
        while (tables.Count < MaxChildren && await reader.ReadAsync(cancellationToken))
        {
            var found = ToTable(reader);
            if (mayRead(found.Database, found.Schema, found.Name)) tables.Add(found);
        }

        return tables;
    }

    private static Table ToTable(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3),
        row.IsDBNull(4) ? null : row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5));

    private static JsonObject Tell(Table table)
    {
        var told = new JsonObject
        {
            ["id"] = $"{NameOf(table.Database)}.{NameOf(table.Schema)}.{NameOf(table.Name)}",
            ["name"] = table.Name,
            ["type"] = table.Kind == "v" ? "view" : "table",
        };
        if (table.Rows is { } rows) told["nrows"] = rows;
        if (table.Bytes is { } bytes) told["size"] = bytes;
        return told;
    }

    // As it can be put into a request again: quoted where dots or capitals would be misread.
    private static string NameOf(string part) =>
        part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') ? part : $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private sealed record Table(string Database, string Schema, string Name, string Kind, long? Rows, long? Bytes);
}
