using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CartoPlatform.Tilesets.Plans;
using CartoPlatform.Tilesets.Snapshots;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.Tilesets.Writing;

/// <summary>The three tables of a run, and the way from them to the target.</summary>
internal sealed class StagingTables
{
    private const string Prefix = "carto_tiling_";

    // What a run began with is the state of its data: older than this, it is begun anew.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly TilesetPlan _plan;
    private readonly string _name;

    public StagingTables(TilesetPlan plan)
    {
        _plan = plan;
        _name = Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Fingerprint(plan))))[..12];
        (Rows, Tiles, Done) = (Of("rows"), Of("tiles"), Of("done"));
    }

    public string Rows { get; }

    public string Tiles { get; }

    public string Done { get; }

    private string Index => $"{_name}_index";

    private string RenameIndexSql
    {
        get
        {
            const int LongestName = 56;
            var name = _plan.Output.Name.Length > LongestName ? _plan.Output.Name[..LongestName] : _plan.Output.Name;
            var (schema, wanted) = (Names.Quote(_plan.Output.Schema), Names.Quote($"{name}_index"));
            return $"""
                DO $rename$
                BEGIN
                    IF to_regclass({Names.Literal($"{schema}.{wanted}")}) IS NULL THEN
                        ALTER INDEX {schema}.{Names.Quote(Index)} RENAME TO {wanted};
                    END IF;
                END
                $rename$;
                """;
        }
    }

    private bool HasCells => _plan.Scheme is not null;

    /// <summary>Goes on with what an earlier run of the same plan has left, or takes the snapshot and begins.</summary>
    /// <returns>Whether there was something to go on with.</returns>
    public async Task<bool> PrepareAsync(NpgsqlConnection connection, ISnapshot snapshot, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var (name, isThis) in await FindAsync(connection, time, cancellationToken))
        {
            if (isThis) return true;
            await ExecuteAsync(connection, DropSql(name), cancellationToken);
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var sql in snapshot.CreateSql(Rows)) await ExecuteAsync(connection, sql, cancellationToken);
        var note = new JsonObject { ["output"] = _plan.Output.ToString(), ["began"] = time.GetUtcNow().ToUnixTimeSeconds() };
        await ExecuteAsync(connection, $"""
            CREATE TABLE {Tiles} (z integer NOT NULL, x integer, y integer{(HasCells ? ", index bigint" : "")}, data bytea);
            ALTER TABLE {Tiles} ALTER COLUMN data SET STORAGE EXTERNAL;
            CREATE TABLE {Done} (unit text PRIMARY KEY, counts bigint[] NOT NULL);
            COMMENT ON TABLE {Done} IS {Names.Literal(note.ToJsonString())};
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return false;
    }

    /// <summary>Units that are done.</summary>
    public async Task<Dictionary<string, ZoomCounts>> ReadDoneAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT unit, counts FROM {Done}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var done = new Dictionary<string, ZoomCounts>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) done.Add(reader.GetString(0), new ZoomCounts(await reader.GetFieldValueAsync<long[]>(1, cancellationToken)));
        return done;
    }

    /// <summary>Writes the tiles of a unit and notes that it is done: both, or neither.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, string unit, IAsyncEnumerable<StagedTile> tiles, ZoomCounts counts, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var copy = await connection.BeginBinaryImportAsync($"COPY {Tiles} FROM STDIN (FORMAT binary)", cancellationToken))
        {
            copy.Timeout = TimeSpan.FromDays(10);
            await foreach (var tile in tiles.WithCancellation(cancellationToken)) await WriteAsync(copy, tile, cancellationToken);
            await copy.CompleteAsync(cancellationToken);
        }

        await using var note = new NpgsqlCommand($"INSERT INTO {Done} VALUES ($1, $2)", connection) { Parameters = { new() { Value = unit }, new() { Value = counts.ToArray() } } };
        await note.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Gives the tiles the name of the target, with their metadata, in one transaction.</summary>
    /// <param name="connection">Of the owner.</param>
    /// <param name="metadata">Of the tileset.</param>
    /// <param name="beforeCommit">Takes the connection before anything has happened in the transaction; false gives up.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
    public async Task<bool> PublishAsync(
        NpgsqlConnection connection, JsonObject metadata, Func<NpgsqlConnection, CancellationToken, Task<bool>>? beforeCommit, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (beforeCommit is not null && !await beforeCommit(connection, cancellationToken)) return false;

        var (cell, value) = HasCells ? (", index", ", 0") : ("", "");
        await using (var insert = new NpgsqlCommand($"INSERT INTO {Tiles} (z, x, y{cell}, data) VALUES (-1, -1, -1{value}, $1)", connection))
        {
            insert.Parameters.Add(new NpgsqlParameter { Value = Pack(Encoding.UTF8.GetBytes(metadata.ToJsonString())) });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        // Tiles are asked for by their cell, or by their place.
        var columns = HasCells ? "index" : "z, x, y";
        try
        {
            // Waiting for a reader who does not end would make all others wait behind us.
            await ExecuteAsync(connection, $"""
                CREATE UNIQUE INDEX {Names.Quote(Index)} ON {Tiles} ({columns});
                ANALYZE {Tiles};
                SET LOCAL lock_timeout = '30s';
                {(_plan.Overwrite ? $"DROP TABLE IF EXISTS {_plan.Output.Quoted};" : "")}
                ALTER TABLE {Tiles} RENAME TO {Names.Quote(_plan.Output.Name)};
                DROP TABLE {Rows}, {Done};
                {RenameIndexSql}
                """, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.UniqueViolation)
        {
            throw Exists(_plan.Output);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public static TilesetException Exists(TableName output) => new($"{output} exists already: replace it with overwrite (--overwrite), or give another name.");

    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteAsync(NpgsqlBinaryImporter copy, StagedTile tile, CancellationToken cancellationToken)
    {
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(tile.Zoom, NpgsqlDbType.Integer, cancellationToken);
        if (tile.Place is var (x, y))
        {
            await copy.WriteAsync(x, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(y, NpgsqlDbType.Integer, cancellationToken);
        }
        else
        {
            await copy.WriteNullAsync(cancellationToken);
            await copy.WriteNullAsync(cancellationToken);
        }

        if (HasCells) await copy.WriteAsync(tile.Cell ?? 0, NpgsqlDbType.Bigint, cancellationToken);
        await copy.WriteAsync(Pack(tile.Bytes.Span), NpgsqlDbType.Bytea, cancellationToken);
    }

    // Tables that earlier runs for this target have left: those of this plan if they are young, and all others.
    private async Task<List<(string Name, bool IsThis)>> FindAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT left(c.relname, -5), obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname LIKE 'carto\_tiling\_%\_done' AND c.relkind = 'r'
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = _plan.Output.Schema });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, bool)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var note = await reader.IsDBNullAsync(1, cancellationToken) ? null : JsonNode.Parse(reader.GetString(1));
            if ((string?)note?["output"] != _plan.Output.ToString()) continue;
            var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((long?)note["began"] ?? 0);
            found.Add((reader.GetString(0), reader.GetString(0) == _name && age < Lifetime));
        }

        return found;
    }

    private string DropSql(string name) =>
        string.Join(' ', ((string[])["rows", "tiles", "done"]).Select(part => $"DROP TABLE IF EXISTS {Names.Quote(_plan.Output.Schema)}.{Names.Quote($"{name}_{part}")};"));

    private string Of(string part) => $"{Names.Quote(_plan.Output.Schema)}.{Names.Quote($"{_name}_{part}")}";

    // Whether the target may be overwritten makes no other tiles.
    private static string Fingerprint(TilesetPlan plan) => string.Join('\u001f', (object?[])[
        plan.Kind, plan.Input, plan.Output, plan.GeometryColumn, plan.MinZoom, plan.MaxZoom, plan.Columns is null ? "*" : string.Join('\u001e', plan.Columns),
        string.Join('\u001e', plan.Aggregates), plan.AggregationResolution, plan.Placement, plan.Scheme?.Name, plan.CellColumn, plan.FeatureOrder, plan.Extent,
        plan.MaxTileBytes, plan.MaxTileFeatures]);
}
