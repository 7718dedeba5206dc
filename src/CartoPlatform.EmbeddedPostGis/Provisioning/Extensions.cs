using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

internal static class Extensions
{
    public static async Task EnsureAsync(NpgsqlDataSource admin, CancellationToken cancellationToken)
    {
        await admin.ExecuteAsync("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS postgis", cancellationToken);
        if (await IsTrueAsync(admin, "SELECT installed_version <> default_version FROM pg_available_extensions WHERE name = 'postgis'", cancellationToken))
            await admin.ExecuteAsync("SELECT postgis_extensions_upgrade()", cancellationToken);

        if (await IsTrueAsync(admin, "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'", cancellationToken))
            await admin.ExecuteAsync("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_stat_statements", cancellationToken);
    }

    private static async Task<bool> IsTrueAsync(NpgsqlDataSource admin, string question, CancellationToken cancellationToken)
    {
        await using var command = admin.CreateCommand(question);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
