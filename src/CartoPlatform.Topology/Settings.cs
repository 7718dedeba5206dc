using System.Globalization;

namespace CartoPlatform.Topology;

/// <summary>Groups of settings that services have in common, by the names under which their options read them.</summary>
internal static class Settings
{
    /// <summary>How .NET runs, for every process.</summary>
    public static IReadOnlyDictionary<string, string> Process { get; } = new Dictionary<string, string>
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["DOTNET_gcServer"] = "0",
        // Gives memory back when idle: several of these share a laptop with the database.
        ["DOTNET_GCConserveMemory"] = "5",
        // An idle thread sleeps at once: to spin for the next piece of a stream takes the processor from the database beside it.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    public static IReadOnlyDictionary<string, string> Shared { get; } = Merge(Process, new Dictionary<string, string>
    {
        ["Platform__InternalKey"] = Reference.To(Reference.InternalKey),
        ["Pools__SocketFolder"] = Reference.ToOptional(Reference.SocketFolder),
    });

    /// <summary>For a service of which there are several: three probes' time for the others to be chosen in its place.</summary>
    public static IReadOnlyDictionary<string, string> Drain { get; } = new Dictionary<string, string> { ["Drain__Time"] = "00:00:03" };

    /// <summary>For services that verify callers' tokens.</summary>
    public static IReadOnlyDictionary<string, string> Verification { get; } = new Dictionary<string, string>
    {
        ["Tokens__SigningKey"] = Reference.To(Reference.SigningKey),
    };

    /// <summary>For services that ask the Workspace API in another process.</summary>
    public static IReadOnlyDictionary<string, string> Workspace { get; } = new Dictionary<string, string>
    {
        ["Workspace__Url"] = Reference.ToInternalUrls(ServiceNames.WorkspaceApi),
    };

    /// <summary>For services that keep something in the metadata database.</summary>
    public static IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>
    {
        ["Metadata__ConnectionString"] = Reference.To(Reference.MetadataConnection),
    };

    /// <summary>For the Workspace API: what it makes at the first start.</summary>
    public static IReadOnlyDictionary<string, string> Bootstrap { get; } = new Dictionary<string, string>
    {
        ["Bootstrap__OwnerTokenFile"] = Reference.To(Reference.OwnerTokenFile),
        ["Bootstrap__Connections__0__Name"] = "carto_dw",
        ["Bootstrap__Connections__0__ReaderConnectionString"] = Reference.To(Reference.ReaderConnection),
        ["Bootstrap__Connections__0__WriterConnectionString"] = Reference.To(Reference.WriterConnection),
        ["Demo__Enabled"] = "true",
        // Without one, secrets are sealed under the internal key.
        ["Platform__MasterKey"] = Reference.ToOptional(Reference.MasterKey),
    };

    /// <summary>For the service that callers reach first.</summary>
    public static IReadOnlyDictionary<string, string> Pages { get; } = new Dictionary<string, string>
    {
        ["Edge__Pages__Folder"] = Reference.ToOptional(Reference.PagesFolder),
    };

    /// <summary>For the service that keeps answers: who tells it what has changed.</summary>
    public static IReadOnlyDictionary<string, string> VersionFeed { get; } = new Dictionary<string, string>
    {
        ["Cache__Feed"] = Reference.ToInternalUrls(ServiceNames.MapsApi),
    };

    /// <summary>For services that share a Redis.</summary>
    public static IReadOnlyDictionary<string, string> Redis { get; } = new Dictionary<string, string>
    {
        ["Redis__ConnectionString"] = Reference.ToAddress(StoreNames.Redis),
        ["Redis__Password"] = Reference.To(Reference.RedisPassword),
    };

    /// <summary>The same, where sentinels tell which of two is the primary now.</summary>
    public static IReadOnlyDictionary<string, string> Sentinels { get; } = Merge(
        new Dictionary<string, string>
        {
            ["Redis__SentinelMaster"] = StoreNames.SentinelMaster,
            ["Redis__Password"] = Reference.To(Reference.RedisPassword),
        },
        Enumerable.Range(0, KnownStores.Sentinels).ToDictionary(
            index => string.Create(CultureInfo.InvariantCulture, $"Redis__Sentinels__{index}"),
            index => Reference.ToAddress(string.Create(CultureInfo.InvariantCulture, $"{StoreNames.RedisSentinel}-{index + 1}"))));

    /// <summary>Base URLs of services behind a proxy, of all their replicas: <c>Edge__MapsApi</c> for <c>maps-api</c>.</summary>
    public static IReadOnlyDictionary<string, string> Behind(string section, params IEnumerable<string> services) =>
        services.ToDictionary(service => $"{section}__{PascalCase(service)}", Reference.ToUrls, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string> Merge(params IEnumerable<IReadOnlyDictionary<string, string>> groups) =>
        groups.SelectMany(group => group).ToDictionary(StringComparer.Ordinal);

    private static string PascalCase(string name) =>
        string.Concat(name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
