using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

internal static class Extensions
{
    /// <summary>
    /// Statements about roles and servers stand in the statistics as they were written, passwords and all. None are kept since
    /// pg_stat_statements.track_utility is off; what was kept before goes, and with it the file of texts, which single entries stay in.
    /// </summary>
    private const string ForgetPasswordsSql =
        @"SELECT pg_stat_statements_reset() WHERE EXISTS (SELECT FROM pg_stat_statements WHERE query ~* '\m(create|alter|do)\M.*\mpassword\M')";

    public static async Task EnsureAsync(NpgsqlDataSource admin, CancellationToken cancellationToken)
    {
        await admin.ExecuteAsync("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS postgis", cancellationToken);
        if (await IsTrueAsync(admin, "SELECT installed_version <> default_version FROM pg_available_extensions WHERE name = 'postgis'", cancellationToken))
            await admin.ExecuteAsync("SELECT postgis_extensions_upgrade()", cancellationToken);

        if (await IsTrueAsync(admin, "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'", cancellationToken))
        {
            await admin.ExecuteAsync("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_stat_statements", cancellationToken);
            await admin.ExecuteAsync(ForgetPasswordsSql, cancellationToken);
        }
    }

    private static async Task<bool> IsTrueAsync(NpgsqlDataSource admin, string question, CancellationToken cancellationToken)
    {
        await using var command = admin.CreateCommand(question);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
