using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;

namespace CartoPlatform.Cli.Backups;

/// <summary>Copies a platform's databases and roles to a server outside. Until it is complete nothing has changed; a half copy is removed.</summary>
internal sealed class DatabaseMove : IAsyncDisposable
{
    private readonly DataFolder _data;
    private readonly NpgsqlDataSource _theirs;

    /// <param name="data">The platform's folder.</param>
    /// <param name="superuser">A superuser's connection string to the new server.</param>
    public DatabaseMove(DataFolder data, NpgsqlConnectionStringBuilder superuser)
    {
        _data = data;
        _theirs = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Pooling = false, Database = superuser.Database ?? "postgres", CommandTimeout = 0 });
        Server = new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Username = null, Password = null, Passfile = null, Database = null };
        Target = new ClusterConnections(Server, data.Secrets());
    }

    /// <summary>Where it is, without a login.</summary>
    public NpgsqlConnectionStringBuilder Server { get; }

    private ClusterConnections Target { get; }

    private string[] OwnRoles
    {
        get
        {
            var secrets = _data.Secrets();
            return [PlatformLogins.Admin(secrets).Name, PlatformLogins.Owner(secrets).Name, PlatformLogins.Reader(secrets).Name, PlatformLogins.Metadata(secrets).Name];
        }
    }

    /// <summary>Refuses a server that does not fit, before anything is touched.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", cancellationToken) is not true)
            throw new CommandException("--to must name a superuser of the new server: the move makes roles, databases, the extension postgis and event triggers. Nothing was changed. Where you are given none, and which rights may go afterwards: docs/operations/topologies.md.");
        if (await AskAsync("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis')", cancellationToken) is not true)
            throw new CommandException("The new server has no PostGIS: install it there first.");
        await using var question = _theirs.CreateCommand(
            "SELECT string_agg(name, ', ') FROM (SELECT 'database ' || datname AS name FROM pg_database WHERE datname = ANY ($1) UNION ALL SELECT 'role ' || rolname FROM pg_roles WHERE rolname = ANY ($2)) there");
        question.Parameters.AddWithValue(BackupContent.Databases);
        question.Parameters.AddWithValue(OwnRoles);
        if (await question.ExecuteScalarAsync(cancellationToken) is string there)
            throw new CommandException($"The new server holds a platform already ({there}): nothing was changed.");
    }

    public async Task RunAsync(OpenedDatabase source, string folder, CancellationToken cancellationToken)
    {
        var secrets = _data.Secrets();
        await RequireVersionAsync(source, cancellationToken);
        try
        {
            await Roles.CreateAdminAsync(_theirs, PlatformLogins.Admin(secrets), cancellationToken);
            await PlatformProvisioning.EnsureDatabasesAsync(Target, secrets, cancellationToken);
            await using (var old = Unpooled(source.Connections.Admin("postgres")))
                await OtherRoles.EnsureAsync(_theirs, secrets, await OtherRoles.ReadAsync(old, secrets, cancellationToken), cancellationToken);
            await CopyAsync(source, folder, cancellationToken);
            // Rights on the databases themselves are in no dump.
            await PlatformProvisioning.EnsureDatabasesAsync(Target, secrets, cancellationToken);
        }
        catch
        {
            await RemoveAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _theirs.DisposeAsync();

    private async Task CopyAsync(OpenedDatabase source, string folder, CancellationToken cancellationToken)
    {
        var from = PostgresTool.Of(_data, source.Connections);
        await using var staged = new StagedDatabases(Target, _data.Secrets(), new PostgresTool(null, Target));
        foreach (var name in BackupContent.Databases)
        {
            var dump = Path.Combine(folder, name);
            await using (var output = File.Create(dump))
                await from.RunAsync("pg_dump", name, ["--format=custom", "--no-password", name], null, output, cancellationToken);
            await staged.FillAsync(name, dump, cancellationToken);
            File.Delete(dump);
        }

        await staged.SwapAsync(BackupContent.Databases, cancellationToken);
        await staged.DropOldAsync(BackupContent.Databases, cancellationToken);
    }

    private async Task RequireVersionAsync(OpenedDatabase source, CancellationToken cancellationToken)
    {
        const string Major = "SELECT current_setting('server_version_num')::int / 10000";
        await using var old = Unpooled(source.Connections.Admin("postgres"));
        await using var question = old.CreateCommand(Major);
        var (here, there) = ((int)(await question.ExecuteScalarAsync(cancellationToken) ?? 0), (int)(await AskAsync(Major, cancellationToken) ?? 0));
        if (there < here) throw new CommandException($"The new server is PostgreSQL {there}, older than this one's {here}: a dump does not go back.");
    }

    /// <summary>What <see cref="CheckAsync"/> has seen missing was made here. Roles of other people's stay: they may be in use.</summary>
    private async Task RemoveAsync()
    {
        foreach (var database in BackupContent.Databases.SelectMany(name => new[] { name, name + "_restored", name + "_before_restore" }))
            await ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        foreach (var role in OwnRoles) await ExecuteAsync($"DROP ROLE IF EXISTS {role}");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _theirs.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task<object?> AskAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _theirs.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static NpgsqlDataSource Unpooled(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
}
