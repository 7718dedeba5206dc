using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>A role that may log in.</summary>
public sealed record Login(string Name, string Password);

/// <summary>
/// A database for users' data: an owner, a reader who can do nothing but read, and PostGIS.
/// Applying it again changes nothing that fits already.
/// </summary>
public sealed record DataDatabase(string Name, Login Owner, Login Reader)
{
    /// <summary>Takes a superuser on any other database of the server, and one on this database, which need not exist yet.</summary>
    public async Task EnsureAsync(NpgsqlDataSource server, NpgsqlDataSource admin, CancellationToken cancellationToken)
    {
        await Roles.EnsureAsync(server, Owner, cancellationToken);
        await Roles.EnsureAsync(server, Reader, cancellationToken);
        await Databases.EnsureAsync(server, Name, Owner.Name, cancellationToken);
        await LimitReaderAsync(server, cancellationToken);

        await Extensions.EnsureAsync(admin, cancellationToken);
        await admin.ExecuteAsync(DataRights.Sql(Owner.Name, Reader.Name), cancellationToken);
        // Not into a schema of that name that is somebody else's.
        if (await ChangeDetection.EnsureAsync(admin, cancellationToken)) await CellFunctions.EnsureAsync(admin, cancellationToken);
    }

    /// <summary>As a member the owner sees and ends the reader's sessions; pg_monitor would show those of everybody, administrators included.</summary>
    private async Task LimitReaderAsync(NpgsqlDataSource server, CancellationToken cancellationToken)
    {
        var (database, owner, reader) = (Quoted.Name(Name), Quoted.Name(Owner.Name), Quoted.Name(Reader.Name));
        await server.ExecuteAsync(
            $"""
            GRANT CONNECT ON DATABASE {database} TO {reader};
            GRANT {reader} TO {owner};
            DO $narrow$
            DECLARE
                strong regrole;
            BEGIN
                FOR strong IN SELECT roleid FROM pg_auth_members WHERE member = {Quoted.Text(owner)}::regrole AND roleid IN ('pg_monitor'::regrole, 'pg_signal_backend'::regrole) LOOP
                    EXECUTE format('REVOKE %s FROM %s', strong, {Quoted.Text(owner)});
                END LOOP;
            END
            $narrow$;
            ALTER ROLE {reader} SET default_transaction_read_only = on;
            ALTER ROLE {reader} SET statement_timeout = '60s';
            ALTER ROLE {reader} SET idle_in_transaction_session_timeout = '60s';
            ALTER ROLE {reader} SET temp_file_limit = '2GB';
            """,
            cancellationToken);
    }
}
