using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.Cli.Backups;

/// <summary>
/// Databases that are filled beside those in use and take their place all at once: until then nothing of the platform has changed, and
/// whatever goes wrong leaves it as it was.
/// </summary>
internal sealed class StagedDatabases(ClusterConnections connections, SecretFolder secrets, PostgresTool tool) : IAsyncDisposable
{
    private const string Staged = "_restored";
    private const string Old = "_before_restore";

    private readonly NpgsqlDataSource _server = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connections.Admin("postgres")) { Pooling = false }.ConnectionString);

    public NpgsqlDataSource Server => _server;

    public async Task FillAsync(string database, string dumpFile, CancellationToken cancellationToken)
    {
        await DropAsync(database + Staged, cancellationToken);
        await ExecuteAsync($"CREATE DATABASE {database}{Staged} OWNER {OwnerOf(database)} TEMPLATE template0 ENCODING 'UTF8'", cancellationToken);
        await ExecuteAsync($"REVOKE ALL ON DATABASE {database}{Staged} FROM PUBLIC", cancellationToken);
        await using var dump = File.OpenRead(dumpFile);
        await tool.RunAsync("pg_restore", database + Staged, ["--exit-on-error", "--no-password", "--dbname", database + Staged], dump, null, cancellationToken);
    }

    /// <summary>In one transaction: either all databases are the restored ones, or none.</summary>
    public async Task SwapAsync(IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        foreach (var database in databases) await DropAsync(database + Old, cancellationToken);
        await using var connection = await _server.OpenConnectionAsync(cancellationToken);
        await using (var end = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY ($1) AND pid <> pg_backend_pid()", connection))
        {
            end.Parameters.AddWithValue(databases.SelectMany(database => new[] { database, database + Staged }).ToArray());
            await end.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var database in databases)
        {
            await using var rename = new NpgsqlCommand(
                $"ALTER DATABASE {database} RENAME TO {database}{Old}; ALTER DATABASE {database}{Staged} RENAME TO {database}", connection, transaction);
            await rename.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>What was before, when everything has its place.</summary>
    public async Task DropOldAsync(IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        foreach (var database in databases) await DropAsync(database + Old, cancellationToken);
    }

    public async Task DropStagedAsync(IReadOnlyList<string> databases, CancellationToken cancellationToken)
    {
        foreach (var database in databases) await DropAsync(database + Staged, cancellationToken);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string OwnerOf(string database) =>
        database == PlatformLogins.MetadataDatabase ? PlatformLogins.Metadata(secrets).Name : PlatformLogins.Owner(secrets).Name;

    private Task DropAsync(string database, CancellationToken cancellationToken) => ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)", cancellationToken);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _server.CreateCommand(sql);
        // Copying and dropping take as long as the data are large.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
