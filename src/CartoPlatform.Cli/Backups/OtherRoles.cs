using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.Cli.Backups;

/// <summary>
/// Roles that people have made in the server: a dump of a database grants rights to them and does not make them. Never brought back
/// with more than logging in and being a member.
/// </summary>
internal static class OtherRoles
{
    public static async Task<List<BackupRole>> ReadAsync(NpgsqlDataSource admin, SecretFolder secrets, CancellationToken cancellationToken)
    {
        await using var command = admin.CreateCommand("""
            SELECT r.rolname::text, r.rolcanlogin, r.rolpassword,
                   ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid ORDER BY 1)
            FROM pg_authid r
            WHERE r.rolname !~ '^pg_' AND NOT r.rolsuper AND NOT r.rolname = ANY ($1)
            ORDER BY r.rolname
            """);
        command.Parameters.AddWithValue(Own(secrets));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var roles = new List<BackupRole>();
        while (await reader.ReadAsync(cancellationToken))
            roles.Add(new BackupRole(reader.GetString(0), reader.GetBoolean(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2), await reader.GetFieldValueAsync<string[]>(3, cancellationToken)));
        return roles;
    }

    /// <summary>Makes those that are missing; one that is there stays as it is.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource admin, SecretFolder secrets, IReadOnlyList<BackupRole> roles, CancellationToken cancellationToken)
    {
        var made = new List<BackupRole>();
        foreach (var role in roles.Where(role => !Own(secrets).Contains(role.Name) && !role.Name.StartsWith("pg_", StringComparison.Ordinal)))
        {
            await using var exists = admin.CreateCommand("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)");
            exists.Parameters.AddWithValue(role.Name);
            if (await exists.ExecuteScalarAsync(cancellationToken) is true) continue;
            var password = role.PasswordHash is { } hash && hash.StartsWith("SCRAM-SHA-256$", StringComparison.Ordinal) ? $"PASSWORD {Text(hash)}" : "";
            await Roles.ExecuteUnrecordedAsync(admin, $"CREATE ROLE {Name(role.Name)} {(role.CanLogin ? "LOGIN" : "NOLOGIN")} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS {password}", cancellationToken);
            made.Add(role);
        }

        foreach (var role in made)
        {
            foreach (var group in role.MemberOf.Where(group => roles.Any(other => other.Name == group) || group == PlatformLogins.Reader(secrets).Name))
            {
                await using var grant = admin.CreateCommand($"GRANT {Name(group)} TO {Name(role.Name)}");
                await grant.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    private static string[] Own(SecretFolder secrets) =>
    [
        PlatformLogins.Admin(secrets).Name, PlatformLogins.Owner(secrets).Name, PlatformLogins.Reader(secrets).Name, PlatformLogins.Metadata(secrets).Name,
    ];

    private static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
