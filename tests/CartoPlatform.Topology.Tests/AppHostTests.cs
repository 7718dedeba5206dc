using System.Globalization;
using System.Text.RegularExpressions;

namespace CartoPlatform.Topology.Tests;

/// <summary>
/// The AppHost spells its wiring out, and is not built where Aspire is missing: its text is compared with the records.
/// </summary>
public sealed partial class AppHostTests
{
    /// <summary>What an AppHost need not say: Aspire has its own ways for them, and the page is built into the development server.</summary>
    private static readonly string[] NotCompared =
    [
        "ASPNETCORE_ENVIRONMENT", "DOTNET_gcServer", "DOTNET_GCConserveMemory", "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "Edge__Pages__Folder", "Platform__MasterKey",
        "Pools__SocketFolder",
        "Bootstrap__Connections__0__ReplicaConnectionStrings__0", "Bootstrap__Connections__0__ReplicaConnectionStrings__1",
    ];

    private const string Proxies = "Proxies__";

    public static TheoryData<string> Names => TopologiesTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void AppHost_has_the_services_of_the_records(string name)
    {
        var topology = Topologies.Find(name)!;

        Assert.Equal(
            topology.Services.Select(service => (service.Name, service.Project, IsPublic: service.Name == topology.Entry, service.Replicas)).Order(),
            Resources(name).Select(resource => (resource.Name, resource.Project, resource.IsPublic, resource.Replicas)).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppHost_gives_each_service_the_settings_of_the_records(string name)
    {
        foreach (var resource in Resources(name))
            Assert.Equal(
                Topologies.Find(name)![resource.Name].Environment.Keys.Except(NotCompared).Where(key => !IsOfSentinels(key)).Order(),
                resource.Settings.Where(key => !IsOfSentinels(key) && !key.StartsWith(Proxies, StringComparison.Ordinal)).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppHost_lets_every_service_but_the_entry_hear_from_ours_who_asks(string name)
    {
        foreach (var resource in Resources(name))
            Assert.Equal(
                resource.Name == Topologies.Find(name)!.Entry ? [] : ["Proxies__Trusted__0", "Proxies__Trusted__1"],
                resource.Settings.Where(key => key.StartsWith(Proxies, StringComparison.Ordinal)).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppHost_starts_each_service_after_those_of_the_records(string name)
    {
        foreach (var resource in Resources(name))
            Assert.Equal(Topologies.Find(name)![resource.Name].DependsOn.Order(), resource.WaitsFor.Order());
    }

    private static IReadOnlyList<Resource> Resources(string topology)
    {
        var text = Read("AppHost.cs");
        var body = Method().Matches(text).Single(match => match.Groups["name"].Value.Equals("Add" + topology, StringComparison.OrdinalIgnoreCase)).Value;
        var settings = Method().Matches(Read("Resources.cs")).ToLookup(match => match.Groups["name"].Value, match => match.Value);
        return [.. Statement().Matches(body).Select(statement => new Resource(
            statement.Groups["name"].Value,
            statement.Groups["project"].Value.Replace('_', '.'),
            statement.Value.Contains(".WithPublicPort()", StringComparison.Ordinal),
            Pool().Match(statement.Value) is { Success: true } pool ? int.Parse(pool.Groups["count"].Value, CultureInfo.InvariantCulture) : 1,
            [.. Call().Matches(statement.Value).SelectMany(call => settings[call.Groups["name"].Value]).Append(statement.Value)
                .SelectMany(part => Setting().Matches(part)).Select(match => match.Groups["name"].Value).Where(key => key != "Internal__Port").Distinct()],
            [.. Wait().Matches(statement.Value).Select(match => Kebab(match.Groups["name"].Value)).Where(waited => waited != "databases")]))];
    }

    /// <summary>Where the records have sentinels, developers have the one server: both are ways to the same Redis.</summary>
    private static bool IsOfSentinels(string key) => key.StartsWith("Redis__", StringComparison.Ordinal) && key != "Redis__Password";

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, "CartoPlatform.AppHost", file));

    /// <summary><c>mapsApi</c> holds <c>maps-api</c>.</summary>
    private static string Kebab(string variable) => Capital().Replace(variable, letter => "-" + letter.Value.ToLowerInvariant());

    [GeneratedRegex(@"static \S+ (?<name>\w+)(<\w+>)?\([^{;]*?\)[^;{]*?(\{.*?^ *\}|=>.*?;)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex("""builder\.Add(?:Service|Balancer)<Projects\.(?<project>\w+)>\("(?<name>[^"]+)".*?;""", RegexOptions.Singleline)]
    private static partial Regex Statement();

    [GeneratedRegex(@"\.(?<name>\w+)(<[\w.]+>)?\(")]
    private static partial Regex Call();

    [GeneratedRegex("""
        "(?<name>[A-Z]\w*__\w+)"
        """)]
    private static partial Regex Setting();

    [GeneratedRegex(@"\.WaitFor\((?<name>\w+)\)")]
    private static partial Regex Wait();

    [GeneratedRegex(@"\.AsPool\((?<count>\d+)\)")]
    private static partial Regex Pool();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    private sealed record Resource(string Name, string Project, bool IsPublic, int Replicas, IReadOnlyList<string> Settings, IReadOnlyList<string> WaitsFor);
}
