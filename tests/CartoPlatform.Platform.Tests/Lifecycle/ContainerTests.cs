using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>The platform on a machine without PostgreSQL of its own, where a container engine answers.</summary>
public sealed class ContainerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [ContainerFact]
    public async Task Database_in_a_container_survives_being_killed_and_the_next_start()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        platform.Environment["CARTO_POSTGRES_BIN"] = "/nowhere";
        platform.Environment["CARTO_POSTGIS_IMAGE"] = ContainerServer.Image;
        var before = await platform.UpAsync("--no-sample");
        await using (var database = PlatformDatabase.Open(before))
            await database.ExecuteAsync("CREATE TABLE public.kept AS SELECT 42 AS answer");
        var container = EmbeddedCluster.ContainerOf(platform.DataFolder) ?? throw new InvalidOperationException("The database is in no container.");

        await DockerAsync("kill", container);
        await Wait.UntilAsync("the database is back", async () => (await platform.RunAsync("status")).ExitCode == 0 && await HoldsAsync(before), Limit);
        Assert.Contains($"ok    postgresql   in container {container}", (await platform.RunAsync("doctor")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await platform.DownAsync()).ExitCode);
        Assert.Equal("", await DockerAsync("ps", "--quiet", "--filter", $"name={container}"));
        Assert.True(await HoldsAsync(await platform.UpAsync("--no-sample")));
    }

    private static async Task<bool> HoldsAsync(PlatformStatus status)
    {
        await using var database = PlatformDatabase.Open(status);
        return await database.ScalarAsync<int>("SELECT answer FROM public.kept") == 42;
    }

    private static async Task<string> DockerAsync(params string[] arguments)
    {
        var run = await Command.RunAsync("docker", arguments, Limit);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException(run.ToString());
    }
}
