using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

public static class Roles
{
    /// <summary>
    /// In front of statements with what is derived of a password, in one batch with them: neither statistics of statements nor the log
    /// keep them, be it that they fail. A login that may not say so goes on without.
    /// </summary>
    private const string Unrecorded =
        """
        DO $unrecorded$
        BEGIN
            PERFORM set_config('pg_stat_statements.track', 'none', true), set_config('log_statement', 'none', true),
                set_config('log_min_error_statement', 'panic', true), set_config('log_min_duration_statement', '-1', true);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;
        END
        $unrecorded$;
        """;

    /// <summary>The superuser of a server outside, as an embedded cluster has one from its beginning.</summary>
    public static Task CreateAdminAsync(NpgsqlDataSource server, Login login, CancellationToken cancellationToken) => ExecuteUnrecordedAsync(
        server, $"CREATE ROLE {Quoted.Name(login.Name)} LOGIN SUPERUSER PASSWORD {Quoted.Text(ScramVerifier.Of(login.Password))}", cancellationToken);

    /// <summary>Makes the role, or gives an existing one this password and takes stronger rights from it.</summary>
    public static Task EnsureAsync(NpgsqlDataSource server, Login login, CancellationToken cancellationToken)
    {
        var name = Quoted.Name(login.Name);
        return ExecuteUnrecordedAsync(
            server,
            $"""
            DO $role$
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {Quoted.Text(login.Name)}) THEN
                    CREATE ROLE {name};
                END IF;
            END
            $role$;
            ALTER ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {Quoted.Text(ScramVerifier.Of(login.Password))};
            """,
            cancellationToken);
    }

    /// <summary>A statement about a role that holds the verifier of its password.</summary>
    public static Task ExecuteUnrecordedAsync(NpgsqlDataSource server, string sql, CancellationToken cancellationToken) =>
        server.ExecuteAsync($"{Unrecorded}\n{sql}", cancellationToken);
}
