using Npgsql;

namespace CartoPlatform.Testing.Platform;

/// <summary>The platform's database, past the platform.</summary>
public static class PlatformDatabase
{
    /// <summary>A pool with the owner's rights.</summary>
    public static NpgsqlDataSource Open(PlatformStatus status)
    {
        // Npgsql does not read libpq's URI form.
        var uri = new Uri(status.Postgres);
        var login = uri.UserInfo.Split(':', 2);
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Username = Uri.UnescapeDataString(login[0]),
            Password = Uri.UnescapeDataString(login[^1]),
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        });
    }

    public static async Task ExecuteAsync(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : throw new InvalidOperationException($"{sql} gave no {typeof(T).Name}.");
    }
}
