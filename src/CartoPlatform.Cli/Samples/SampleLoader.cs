using System.Globalization;
using System.IO.Compression;
using System.Text;
using CartoPlatform.Cli.Loading;
using Npgsql;

namespace CartoPlatform.Cli.Samples;

/// <summary>Puts the tables of a manifest into a database, one transaction each.</summary>
internal sealed class SampleLoader(string folder, SampleManifest manifest, string ownerConnection)
{
    private const int BufferCharacters = 64 * 1024;

    /// <param name="show">Takes the share done, by packed size, and what is being loaded.</param>
    /// <param name="cancellationToken">Stops after rolling the current table back.</param>
    public async Task LoadAsync(Action<double, string> show, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ownerConnection) { Pooling = false }.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {Identifier.Quote(manifest.Schema)}", cancellationToken);

        var total = manifest.Tables.Sum(PackedBytes);
        var done = 0L;
        foreach (var table in manifest.Tables)
        {
            var step = string.Create(CultureInfo.InvariantCulture, $"{manifest.Schema}.{table.Name} ({table.Rows:N0} rows)");
            var before = done;
            show(before / (double)total, step);
            if (!await ExistsAsync(connection, table, cancellationToken))
                await LoadAsync(connection, table, packedRead => show((before + packedRead) / (double)total, step), cancellationToken);
            done += PackedBytes(table);
        }

        show(1, "done");
    }

    private async Task LoadAsync(NpgsqlConnection connection, SampleTable table, Action<long> progress, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(await ReadAsync(table.Create, cancellationToken), cancellationToken);
        try
        {
            await CopyAsync(connection, table, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or PostgresException { SqlState: PostgresErrorCodes.BadCopyFileFormat })
        {
            throw Damaged(table);
        }

        await RequireAllRowsAsync(connection, table, cancellationToken);
        await connection.ExecuteAsync(await ReadAsync(table.Finish, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task CopyAsync(NpgsqlConnection connection, SampleTable table, Action<long> progress, CancellationToken cancellationToken)
    {
        await using var packed = File.OpenRead(Path.Combine(folder, table.Data));
        using var rows = new StreamReader(new GZipStream(packed, CompressionMode.Decompress), Encoding.UTF8);
        await using var copy = await connection.BeginTextImportAsync(
            $"COPY {Identifier.Quote(manifest.Schema, table.Name)} ({string.Join(", ", table.Columns.Select(column => Identifier.Quote(column)))}) FROM STDIN WITH (FORMAT csv, HEADER true, FREEZE true)",
            cancellationToken);
        var buffer = new char[BufferCharacters];
        while (await rows.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            await copy.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            progress(packed.Position);
        }
    }

    /// <summary>A file cut short unpacks without complaint.</summary>
    private async Task RequireAllRowsAsync(NpgsqlConnection connection, SampleTable table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {Identifier.Quote(manifest.Schema, table.Name)}", connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not long rows || rows != table.Rows)
            throw Damaged(table);
    }

    private CommandException Damaged(SampleTable table) =>
        new($"{Path.Combine(folder, table.Data)} is damaged: get it again with 'git checkout samples', or start with --no-sample.");

    private async Task<bool> ExistsAsync(NpgsqlConnection connection, SampleTable table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection);
        command.Parameters.AddWithValue(Identifier.Quote(manifest.Schema, table.Name));
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private long PackedBytes(SampleTable table) => new FileInfo(Path.Combine(folder, table.Data)).Length;

    private Task<string> ReadAsync(string file, CancellationToken cancellationToken) =>
        File.ReadAllTextAsync(Path.Combine(folder, file), cancellationToken);
}
