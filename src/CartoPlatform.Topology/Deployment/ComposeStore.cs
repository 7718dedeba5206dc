using System.Globalization;

namespace CartoPlatform.Topology.Deployment;

/// <summary>A store as services of a Compose file.</summary>
internal static class ComposeStore
{
    private const string PostGisImage = "${CARTO_POSTGIS_IMAGE:-postgis/postgis:17-3.5}";
    private const string RedisImage = "${CARTO_REDIS_IMAGE:-redis:7.4}";
    private const string DataFolder = "/var/lib/postgresql/data";

    public static IEnumerable<string> Volumes(StoreSpec store) => store.IsRedis ? [] : ComposeFile.Hosts(store.Name, store.Replicas);

    public static IEnumerable<string> Secrets(StoreSpec store) => store.Kind switch
    {
        StoreKind.PostGis => ["postgres-admin", "postgres-owner", "postgres-reader", "postgres-platform", "postgres-replication"],
        StoreKind.PostGisReplica => ["postgres-replication"],
        _ => ["redis-password"],
    };

    public static void Write(YamlText yaml, StoreSpec store, bool isPublished)
    {
        foreach (var host in ComposeFile.Hosts(store.Name, store.Replicas))
        {
            yaml.Map(host, () =>
            {
                if (store.IsRedis) WriteRedis(yaml, store, host);
                else WritePostGis(yaml, store, host, isPublished);
                yaml.List("networks", store.Networks).List("secrets", Secrets(store));
                ComposeFile.WriteLimits(yaml, store.Resources);
            });
        }
    }

    private static void WriteRedis(YamlText yaml, StoreSpec store, string host)
    {
        var (role, primary) = store.Kind switch
        {
            StoreKind.Redis => ("primary", ""),
            StoreKind.RedisStandby => ("standby", " " + StoreNames.Redis),
            _ => ("sentinel", " " + StoreNames.Redis),
        };
        // The name of one that has gone would be asked for outside, where an internal network has nobody: for 10 s, and a sentinel that stands
        // still for more than 2 s promotes nobody. Docker asks nobody for a name without a dot where "ndots" is set.
        yaml.Value("<<", "*common").Line("dns_search: [\".\"]").Line("dns_opt: [\"ndots:1\", \"timeout:1\", \"attempts:1\"]").Value("image", RedisImage).Value("user", "\"1654:1654\"")
            .Line($"entrypoint: [sh, /start/start.sh, {role}, {host}{primary.Replace(" ", ", ", StringComparison.Ordinal)}]")
            .Line("volumes: [\"../redis:/start:ro\"]")
            .Line($"environment: {{MAX_MEMORY: {store.Resources.MemoryMegabytes * 3 / 4}mb}}");
        WriteHealth(yaml, $"sh /start/health.sh{(store.Kind == StoreKind.RedisSentinel ? " sentinel" : "")}");
        if (store.DependsOn.Count > 0)
        {
            yaml.Map("depends_on", () =>
            {
                foreach (var name in store.DependsOn) yaml.Line($"{name}: {{condition: service_healthy}}");
            });
        }
    }

    /// <summary>PostgreSQL writes where it lives and changes its user by itself: it is spared what holds for the others.</summary>
    private static void WritePostGis(YamlText yaml, StoreSpec store, string host, bool isPublished)
    {
        var slot = host.Replace('-', '_');
        // SIGTERM alone would wait until the last client has left by itself: the public image asks for SIGINT too, one of Debian packages cannot.
        yaml.Value("image", PostGisImage).Value("restart", "unless-stopped").Value("stop_signal", "SIGINT").Value("stop_grace_period", "2m").Value("shm_size", "512m");
        if (store.Kind == StoreKind.PostGis)
        {
            yaml.Line($"command: [postgres, {Settings(store)}, -c, shared_preload_libraries=pg_stat_statements, -c, pg_stat_statements.track_utility=off, -c, track_commit_timestamp=on, -c, wal_level=logical, -c, max_slot_wal_keep_size=4GB]")
                .Map("environment", () => yaml
                    .Value("POSTGRES_USER", "carto_admin").Value("POSTGRES_DB", "postgres").Value("POSTGRES_PASSWORD_FILE", "/run/secrets/postgres-admin")
                    .Value("POSTGRES_INITDB_ARGS", "--data-checksums --auth-host=scram-sha-256").Value("PGDATA", DataFolder))
                .Line($"volumes: [\"{host}:{DataFolder}\", \"../postgis/init:/docker-entrypoint-initdb.d:ro\"]");
            if (isPublished) yaml.Line("ports: [\"${CARTO_DATABASE_BIND:-127.0.0.1}:${CARTO_DATABASE_PORT:-5432}:5432\"]");
        }
        else
        {
            yaml.Line($"entrypoint: [bash, /replica.sh, {StoreNames.PostGis}, {slot}, {Settings(store)}, -c, hot_standby_feedback=on]")
                .Line($"environment: {{PGDATA: {DataFolder}}}")
                .Line($"volumes: [\"{host}:{DataFolder}\", \"../postgis/replica.sh:/replica.sh:ro\"]")
                .Map("depends_on", () => yaml.Line($"{StoreNames.PostGis}: {{condition: service_healthy}}"));
        }

        // By address: the server that runs the first start's scripts listens on its socket alone.
        WriteHealth(yaml, "pg_isready --quiet --host 127.0.0.1 --dbname carto_dw");
    }

    private static string Settings(StoreSpec store) => string.Create(
        CultureInfo.InvariantCulture,
        $"-c, jit=off, -c, random_page_cost=1.1, -c, max_connections=200, -c, shared_buffers={store.Resources.MemoryMegabytes / 4}MB, -c, effective_cache_size={store.Resources.MemoryMegabytes / 2}MB, -c, log_min_error_statement=panic");

    private static void WriteHealth(YamlText yaml, string command) =>
        yaml.Line($"healthcheck: {{test: [CMD-SHELL, {YamlText.Quote(command)}], interval: 5s, timeout: 5s, retries: 5, start_period: 120s}}");
}
