using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.Testing.PostGis;

/// <summary>
/// The PostGIS server of this test process, by one of three providers: the one that CARTO_TEST_POSTGIS names (a superuser's
/// connection string), a container when CARTO_TEST_PROVIDER=container, otherwise a private cluster.
/// </summary>
public static class TestServer
{
    private static readonly Lazy<Task<string>> Server = new(StartAsync);

    /// <summary>A superuser's connection string on the database <c>postgres</c>.</summary>
    public static Task<string> GetAsync() => Server.Value;

    private static Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("CARTO_TEST_POSTGIS") is { Length: > 0 } connectionString)
            return Task.FromResult(connectionString);

        return Environment.GetEnvironmentVariable("CARTO_TEST_PROVIDER") switch
        {
            null or "" or "private" => StartPrivateAsync(),
            "container" => ContainerServer.StartAsync(),
            var other => throw new InvalidOperationException($"CARTO_TEST_PROVIDER is '{other}': it may be 'private' or 'container'."),
        };
    }

    private static async Task<string> StartPrivateAsync()
    {
        var folder = TestFolder.Create();
        var options = new ClusterOptions { DataFolder = folder, IsDurable = false, MemoryBytes = 512L * 1024 * 1024 };
        var cluster = await EmbeddedCluster.StartAsync(options, new Progress<string>(), TimeProvider.System, CancellationToken.None);
        // A test run can be killed at any point: a shell outlives it, stops the server and removes the folder.
        var stop = EmbeddedCluster.ContainerOf(folder) is { } container ? $"docker rm --force {container}; docker volume rm {container}"
            : cluster.Process is { } process ? Watchdog.IfAlive(process, $"kill -QUIT {process.Id}; while kill -0 {process.Id}; do sleep 0.1; done")
            : ":";
        Watchdog.Start($"{stop}; rm -rf '{folder}'");
        return cluster.Connections.Admin("postgres");
    }
}
