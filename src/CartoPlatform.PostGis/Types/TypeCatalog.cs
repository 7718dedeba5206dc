using System.Collections.Concurrent;
using Npgsql;

namespace CartoPlatform.PostGis.Types;

/// <summary>
/// The types of a database by oid, read when first met: a type made a moment ago is known as well as a built-in one. An oid means the
/// same type for as long as it exists, so what was read is kept.
/// </summary>
public sealed class TypeCatalog
{
    private const int MaxEntries = 10_000;

    // Domains step to their base, true arrays to their element (a vector type such as oidvector has an element, but is not its array type).
    private const string FindSql = """
        WITH RECURSIVE needed(oid) AS (
          SELECT unnest($1)
          UNION
          SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END
          FROM needed
          JOIN pg_catalog.pg_type t ON t.oid = needed.oid
          WHERE t.typtype = 'd' OR (t.typelem <> 0 AND EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid))
        )
        SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::text, t.typbasetype, coalesce(e.oid, 0)
        FROM needed
        JOIN pg_catalog.pg_type t ON t.oid = needed.oid
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
        """;

    private readonly ConcurrentDictionary<uint, PostgresTypeInfo> _types = new();

    /// <summary>The types of these oids, in their order.</summary>
    public async Task<IReadOnlyList<PostgresTypeInfo>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<uint> oids, CancellationToken cancellationToken)
    {
        var missing = oids.Where(oid => !_types.ContainsKey(oid)).Distinct().ToArray();
        if (missing.Length == 0) return [.. oids.Select(Get)];

        var rows = await ReadAsync(connection, missing, cancellationToken);
        if (_types.Count >= MaxEntries) _types.Clear();
        foreach (var row in rows.Values) _types[row.Oid] = Resolve(rows, row);
        return [.. oids.Select(oid => rows.TryGetValue(oid, out var row) ? Resolve(rows, row) : Get(oid))];
    }

    // A type that was dropped between two statements, or kept out by a full catalogue: its values are sent as text.
    private PostgresTypeInfo Get(uint oid) => _types.TryGetValue(oid, out var type) ? type : new(oid, "pg_catalog", "unknown", PostgresTypeKind.Base);

    private static async Task<Dictionary<uint, TypeRow>> ReadAsync(NpgsqlConnection connection, uint[] oids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSql, connection) { Parameters = { new() { Value = oids, DataTypeName = "oid[]" } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new Dictionary<uint, TypeRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = TypeRow.Read(reader);
            rows[row.Oid] = row;
        }

        return rows;
    }

    private static PostgresTypeInfo Resolve(Dictionary<uint, TypeRow> rows, TypeRow row)
    {
        while (row.Kind == "d") row = rows[row.BaseOid];
        var element = row.ElementOid == 0 ? null : Resolve(rows, rows[row.ElementOid]);
        return new PostgresTypeInfo(row.Oid, row.Schema, row.Name, ToKind(row.Kind), element);
    }

    private static PostgresTypeKind ToKind(string typtype) => typtype switch
    {
        "c" => PostgresTypeKind.Composite,
        "e" => PostgresTypeKind.Enum,
        "p" => PostgresTypeKind.Pseudo,
        "r" => PostgresTypeKind.Range,
        "m" => PostgresTypeKind.Multirange,
        _ => PostgresTypeKind.Base,
    };

    private sealed record TypeRow(uint Oid, string Schema, string Name, string Kind, uint BaseOid, uint ElementOid)
    {
        public static TypeRow Read(NpgsqlDataReader row) => new(
            row.GetFieldValue<uint>(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<uint>(4), row.GetFieldValue<uint>(5));
    }
}
