using System.Diagnostics;
using System.Security.Cryptography;
using CartoPlatform.EmbeddedPostGis.Clusters;
using Npgsql;

namespace CartoPlatform.Testing.PostGis;

/// <summary>PostGIS in a container, by the <c>docker</c> command.</summary>
public static class ContainerServer
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);

    /// <summary>The platform's own choice, unless CARTO_POSTGIS_IMAGE names another.</summary>
    public static string Image { get; } = Environment.GetEnvironmentVariable("CARTO_POSTGIS_IMAGE") is { Length: > 0 } chosen
        ? chosen
        : ClusterOptions.PublicImage;

    internal static async Task<string> StartAsync()
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var id = await DockerAsync("run", "--detach", "--rm", "--publish", "127.0.0.1::5432", "--env", $"POSTGRES_PASSWORD={password}", Image);
        Watchdog.Start($"docker stop {id}");
        var address = await DockerAsync("port", id, "5432/tcp");
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(address.Split('\n')[0].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture),
            Username = "postgres",
            Password = password,
            Database = "postgres",
            Pooling = false,
        };
        await WaitUntilReadyAsync(builder.ConnectionString);
        return builder.ConnectionString;
    }

    /// <summary>The image's first start runs a temporary server on its socket only, so an answer over TCP is the real one.</summary>
    private static async Task WaitUntilReadyAsync(string connectionString)
    {
        using var limit = new CancellationTokenSource(ReadyLimit);
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(limit.Token);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
            }
        }
    }

    private static async Task<string> DockerAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("The docker command could not be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"docker {arguments[0]} failed: {(await error).Trim()}");
    }
}
