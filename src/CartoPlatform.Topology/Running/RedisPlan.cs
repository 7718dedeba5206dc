using System.Globalization;

namespace CartoPlatform.Topology.Running;

/// <summary>The Redis servers of a topology as processes of this machine: private ones, that keep nothing on the disk.</summary>
internal static class RedisPlan
{
    public const string Scheme = "redis";

    /// <summary>Begins the names of services' settings that say where Redis is.</summary>
    public const string Section = "Redis__";

    private const string Server = "/usr/bin/redis-server";

    private static readonly HealthSpec Health = new() { StartLimit = TimeSpan.FromSeconds(30) };

    public static IReadOnlyList<ServiceInstance> For(TopologySpec topology, RunSettings settings, Func<int> nextPort)
    {
        var places = topology.Stores.Where(store => store.IsRedis)
            .SelectMany(store => Enumerable.Range(1, store.Replicas).Select(replica => new Place(store, NameOf(store, replica), nextPort())))
            .ToList();
        return [.. places.Select(place => Instance(place, places, settings))];
    }

    private static ServiceInstance Instance(Place place, List<Place> places, RunSettings settings)
    {
        var folder = Path.Combine(settings.StateFolder, place.Name);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "redis.conf");
        var password = settings.Values[Reference.RedisPassword];
        var primary = places.First(other => other.Store.Kind == StoreKind.Redis);
        WriteForOwner(file, place.Store.Kind switch
        {
            StoreKind.Redis => ServerText(place, folder, password),
            StoreKind.RedisStandby => ServerText(place, folder, password)
                + string.Create(CultureInfo.InvariantCulture, $"replicaof 127.0.0.1 {primary.Port}\n"),
            _ => SentinelText(place, folder, password, primary.Port),
        });
        string[] sentinel = place.Store.Kind == StoreKind.RedisSentinel ? ["--sentinel"] : [];
        var url = new Uri($"{Scheme}://127.0.0.1:{place.Port}");
        return new ServiceInstance(
            place.Name,
            place.Store.Name,
            url,
            url,
            new ProgramFile([Server, file, .. sentinel], Server, $"topology {settings.Topology} needs Redis: install it (Debian, Ubuntu: apt-get install redis-server)"),
            Health,
            Path.Combine(settings.LogFolder, place.Name + ".log"),
            new Dictionary<string, string>());
    }

    private static string ServerText(Place place, string folder, string password) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        port {place.Port}
        bind 127.0.0.1
        dir {folder}
        requirepass {password}
        masterauth {password}
        save ""
        appendonly no
        maxmemory {place.Store.Resources.MemoryMegabytes}mb
        maxmemory-policy allkeys-lru

        """);

    private static string SentinelText(Place place, string folder, string password, int primaryPort) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        port {place.Port}
        bind 127.0.0.1
        dir {folder}
        sentinel monitor {StoreNames.SentinelMaster} 127.0.0.1 {primaryPort} 2
        sentinel auth-pass {StoreNames.SentinelMaster} {password}
        sentinel down-after-milliseconds {StoreNames.SentinelMaster} 2000
        sentinel failover-timeout {StoreNames.SentinelMaster} 10000

        """);

    // Redis writes into it: who is primary is remembered there.
    private static void WriteForOwner(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }

    private static string NameOf(StoreSpec store, int replica) =>
        store.Replicas == 1 ? store.Name : string.Create(CultureInfo.InvariantCulture, $"{store.Name}-{replica}");

    private sealed record Place(StoreSpec Store, string Name, int Port);
}
