using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

internal static class DataSourceCommands
{
    public static async Task ExecuteAsync(this NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
