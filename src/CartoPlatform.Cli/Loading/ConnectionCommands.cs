using Npgsql;

namespace CartoPlatform.Cli.Loading;

internal static class ConnectionCommands
{
    /// <summary>Without a time limit: copying, sorting and indexing take as long as the data are large.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
