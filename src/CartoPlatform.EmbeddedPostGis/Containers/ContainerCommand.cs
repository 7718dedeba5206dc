using System.Globalization;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>The command that makes the container: an image that behaves as the public one of PostGIS, and our settings.</summary>
internal static class ContainerCommand
{
    /// <summary>In the container; outside it is the mark's.</summary>
    public const int Port = 5432;

    private const string Password = "POSTGRES_PASSWORD";

    /// <summary>Below the volume, whose own root is not always empty.</summary>
    private const string Volume = "/var/lib/postgresql/data";

    public static IReadOnlyDictionary<string, string> Variables(Login admin) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { [Password] = admin.Password };

    public static IReadOnlyList<string> Arguments(ContainerMark mark, ClusterOptions options, Login admin)
    {
        List<string> arguments =
        [
            "run", "--detach", "--name", mark.Name,
            "--publish", string.Create(CultureInfo.InvariantCulture, $"{ClusterConnections.Host}:{mark.Port}:{Port}"),
            "--volume", $"{mark.Name}:{Volume}",
            "--env", $"PGDATA={Volume}/cluster",
            "--env", $"POSTGRES_USER={admin.Name}",
            "--env", Password,
            "--env", "POSTGRES_DB=postgres",
            "--env", "POSTGRES_INITDB_ARGS=--data-checksums --encoding=UTF8 --locale=C.UTF-8 --auth-host=scram-sha-256",
            // Ends sessions and writes everything out; the default would wait for the sessions.
            "--stop-signal", "SIGINT",
            // The engine's own 64 MB are too little for parallel queries.
            "--shm-size", "1g",
            "--log-opt", "max-size=16m", "--log-opt", "max-file=2",
            mark.Image,
            "-c", "shared_preload_libraries=pg_stat_statements",
            "-c", $"{ClusterConfiguration.NoUtility.Name}={ClusterConfiguration.NoUtility.Value}",
        ];
        foreach (var (name, value) in ClusterConfiguration.Tuning(options))
            arguments.AddRange(["-c", $"{name}={value.Trim('\'')}"]);
        return arguments;
    }
}
