using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

public static class Roles
{
    /// <summary>The superuser of a server outside, as an embedded cluster has one from its beginning.</summary>
    public static Task CreateAdminAsync(NpgsqlDataSource server, Login login, CancellationToken cancellationToken) => server.ExecuteAsync(
        $"CREATE ROLE {Quoted.Name(login.Name)} LOGIN SUPERUSER PASSWORD {Quoted.Text(login.Password)}", cancellationToken);

    /// <summary>Makes the role, or gives an existing one this password and takes stronger rights from it.</summary>
    public static Task EnsureAsync(NpgsqlDataSource server, Login login, CancellationToken cancellationToken)
    {
        var name = Quoted.Name(login.Name);
        return server.ExecuteAsync(
            $"""
            DO $role$
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {Quoted.Text(login.Name)}) THEN
                    CREATE ROLE {name};
                END IF;
            END
            $role$;
            ALTER ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {Quoted.Text(login.Password)};
            """,
            cancellationToken);
    }
}
