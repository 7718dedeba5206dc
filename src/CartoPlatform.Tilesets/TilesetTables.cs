using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.Tilesets.Plans;
using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets;

/// <summary>The finished tilesets of a database.</summary>
public static class TilesetTables
{
    private const string FindSql = """
        SELECT n.nspname, c.relname, pg_total_relation_size(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\_%' AND c.relname NOT LIKE 'carto\_tiling\_%' AND has_table_privilege(c.oid, 'SELECT')
          AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
               AND (a.attname, a.atttypid) IN (('z', 'int4'::regtype), ('x', 'int4'::regtype), ('y', 'int4'::regtype), ('data', 'bytea'::regtype))) = 4
        ORDER BY 1, 2
        """;

    public static async Task<IReadOnlyList<TilesetTable>> ListAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var found = new List<(TableName Name, long Bytes)>();
        await using (var command = database.CreateCommand(FindSql))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) found.Add((new TableName(reader.GetString(0), reader.GetString(1)), reader.GetInt64(2)));
        }

        var tilesets = new List<TilesetTable>();
        foreach (var (name, bytes) in found)
        {
            if (await FindMetadataAsync(database, name, cancellationToken) is not { } metadata) continue;
            var kind = (string?)metadata["scheme"] ?? "geometry";
            tilesets.Add(new TilesetTable(name, kind, (int?)metadata["minzoom"] ?? 0, (int?)metadata["maxzoom"] ?? 0, bytes));
        }

        return tilesets;
    }

    /// <exception cref="TilesetException">There is no such tileset.</exception>
    public static async Task DropAsync(NpgsqlDataSource database, TableName name, CancellationToken cancellationToken)
    {
        if ((await ListAsync(database, cancellationToken)).All(tileset => tileset.Name != name)) throw new TilesetException($"There is no tileset {name}.");
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StagingTables.ExecuteAsync(connection, $"DROP TABLE {name.Quoted}", cancellationToken);
    }

    private static async Task<JsonObject?> FindMetadataAsync(NpgsqlDataSource database, TableName name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT data FROM {name.Quoted} WHERE z < 0 LIMIT 1");
        if (await command.ExecuteScalarAsync(cancellationToken) is not byte[] packed) return null;
        try
        {
            await using var json = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            return await JsonNode.ParseAsync(json, cancellationToken: cancellationToken) as JsonObject;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            return null;
        }
    }
}

/// <param name="Name">Of the table.</param>
/// <param name="Kind"><c>geometry</c>, <c>h3</c> or <c>quadbin</c>.</param>
/// <param name="MinZoom">Coarsest zoom.</param>
/// <param name="MaxZoom">Finest zoom.</param>
/// <param name="Bytes">On disk.</param>
public sealed record TilesetTable(TableName Name, string Kind, int MinZoom, int MaxZoom, long Bytes);
