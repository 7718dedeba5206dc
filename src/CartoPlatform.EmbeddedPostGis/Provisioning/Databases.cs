using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

internal static class Databases
{
    /// <summary>Makes the database if it is missing, and closes it to everybody whom nobody has let in.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource server, string name, string owner, CancellationToken cancellationToken)
    {
        await using (var command = server.CreateCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"))
        {
            command.Parameters.AddWithValue(name);
            if (await command.ExecuteScalarAsync(cancellationToken) is false)
                await server.ExecuteAsync($"CREATE DATABASE {Quoted.Name(name)} OWNER {Quoted.Name(owner)} TEMPLATE template0 ENCODING 'UTF8'", cancellationToken);
        }

        await server.ExecuteAsync($"REVOKE ALL ON DATABASE {Quoted.Name(name)} FROM PUBLIC", cancellationToken);
    }
}
