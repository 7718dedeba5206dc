using System.Security.Cryptography;
using Npgsql;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>The table that callers see: in longitude and latitude, sorted by place, indexed and analysed; or of attributes alone.</summary>
internal static class TargetTable
{
    private static readonly string[] CellColumns = [Identifier.Quote("h3"), Identifier.Quote("quadbin")];

    public static async Task RequireFreeAsync(NpgsqlConnection connection, TableName table, bool overwrite, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)", connection);
        command.Parameters.AddWithValue(table.Quoted);
        switch (await command.ExecuteScalarAsync(cancellationToken))
        {
            case null:
                return;
            case "r" or "p" when overwrite:
                return;
            case "r" or "p":
                throw new CommandException($"Table {table} exists already: add --overwrite to replace it, or --table to name another one.");
            default:
                throw new CommandException($"{table} exists already and is not a table: name another one with --table.");
        }
    }

    public static async Task MakeAsync(NpgsqlConnection connection, StagingTable staging, IRowSource source, TableName table, bool overwrite, CancellationToken cancellationToken)
    {
        var fresh = overwrite
            ? table with { Name = SqlNames.Cut(table.Name, SqlNames.LongestBytes - 9) + "_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)) }
            : table;
        try
        {
            await connection.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Identifier.Quote(table.Schema)}", cancellationToken);
            if (source.HasPlaces)
                await MakeWithPlacesAsync(connection, staging, source, fresh, cancellationToken);
            else
                await MakeWithoutPlacesAsync(connection, staging, fresh, cancellationToken);
            if (overwrite)
                await ReplaceAsync(connection, fresh, table, cancellationToken);
            await connection.ExecuteAsync($"ANALYZE {table.Quoted}", cancellationToken);
        }
        catch (PostgresException exception) when (Explain(exception, table) is { } problem)
        {
            throw new CommandException(problem);
        }
    }

    private static async Task MakeWithPlacesAsync(NpgsqlConnection connection, StagingTable staging, IRowSource source, TableName fresh, CancellationToken cancellationToken)
    {
        var geometry = await GeometryColumn.DecideAsync(connection, source.Srid, cancellationToken);
        var columns = string.Concat(staging.Columns.Select(column => column + ", "));
        await connection.ExecuteAsync(
            $"""
            CREATE TABLE {fresh.Quoted} AS
            SELECT {columns}{geometry.Expression}::{geometry.Type} AS {ColumnNames.Geometry} FROM {StagingTable.Name} ORDER BY geom;
            CREATE INDEX ON {fresh.Quoted} USING gist ({ColumnNames.Geometry});
            """,
            cancellationToken);
    }

    /// <summary>In the order of the file; columns that are called as cells usually are can be asked for quickly.</summary>
    private static Task MakeWithoutPlacesAsync(NpgsqlConnection connection, StagingTable staging, TableName fresh, CancellationToken cancellationToken)
    {
        var indexes = staging.Columns.Where(CellColumns.Contains).Select(column => $"CREATE INDEX ON {fresh.Quoted} ({column});");
        return connection.ExecuteAsync(
            $"CREATE TABLE {fresh.Quoted} AS SELECT {string.Join(", ", staging.Columns)} FROM {StagingTable.Name} ORDER BY ctid; {string.Concat(indexes)}", cancellationToken);
    }

    private static async Task ReplaceAsync(NpgsqlConnection connection, TableName fresh, TableName table, CancellationToken cancellationToken)
    {
        // Waiting for a reader who does not end would make all others wait behind us.
        await connection.ExecuteAsync(
            $"""
            SET LOCAL lock_timeout = '30s';
            DROP TABLE IF EXISTS {table.Quoted};
            ALTER TABLE {fresh.Quoted} RENAME TO {Identifier.Quote(table.Name)};
            """,
            cancellationToken);

        var (index, wanted) = ($"{fresh.Name}_geom_idx", $"{table.Name}_geom_idx");
        await connection.ExecuteAsync(
            $"""
            DO $rename$
            BEGIN
                IF to_regclass({Literal(Identifier.Quote(table.Schema, index))}) IS NOT NULL AND to_regclass({Literal(Identifier.Quote(table.Schema, wanted))}) IS NULL THEN
                    ALTER INDEX {Identifier.Quote(table.Schema, index)} RENAME TO {Identifier.Quote(wanted)};
                END IF;
            END
            $rename$
            """,
            cancellationToken);
    }

    /// <summary>Names come from <see cref="TableName"/>, which has letters, digits and underscores alone.</summary>
    private static string Literal(string text) => $"'{text}'";

    private static string? Explain(PostgresException exception, TableName table) => exception.SqlState switch
    {
        // Two that make one name at the same moment meet in the catalogue's own indexes.
        PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.UniqueViolation => $"Table {table} was made by somebody else meanwhile: add --overwrite to replace it.",
        PostgresErrorCodes.DependentObjectsStillExist => $"Table {table} cannot be replaced, because other objects depend on it: {exception.Detail?.ReplaceLineEndings("; ")}.",
        PostgresErrorCodes.LockNotAvailable => $"Table {table} could not be replaced, because others have been using it for 30 s: try again.",
        PostgresErrorCodes.WrongObjectType => $"{table} is not a table: name another one with --table.",
        _ => null,
    };
}
