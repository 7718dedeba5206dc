using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// What a login could do besides reading. User SQL runs under it in read-only transactions, but a transaction is no boundary: the rights
/// of the login are.
/// </summary>
internal sealed class LoginRights(ConnectionTargets targets)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private const string Sql = """
        SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls,
               EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid::regrole::text NOT IN ('pg_read_all_data', 'pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings')),
               EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%'
                         AND c.relname <> 'spatial_ref_sys'
                         AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
        FROM pg_roles r WHERE r.rolname = current_user
        """;

    public async Task<IReadOnlyList<string>> FindWarningsAsync(string connectionString, IReadOnlyList<string> trustedHosts, CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await targets.FindAsync(connectionString, trustedHosts, Limit, cancellationToken);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(Sql, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) return [];
            var warnings = new List<string>();
            if (reader.GetBoolean(0)) warnings.Add("the login that SQL of callers runs under has rights over the server");
            if (reader.GetBoolean(1)) warnings.Add("the login that SQL of callers runs under is a member of other roles");
            if (reader.GetBoolean(2)) warnings.Add("the login that SQL of callers runs under may write to tables");
            return warnings;
        }
        catch (NpgsqlException)
        {
            return [];
        }
    }
}
