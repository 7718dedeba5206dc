using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>One process dies at a time, and the others carry on.</summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Killed_services_come_back_one_by_one()
    {
        await using var platform = new TestPlatform(Topologies.Services);
        var before = await platform.UpAsync("--no-sample");

        foreach (var service in before.Services)
        {
            Assert.True(ProcessIdentity.Of(service.Pid ?? 0)?.Signal(ProcessSignal.Kill), $"{service.Name} did not run");
            await Wait.UntilAsync($"{service.Name} is back", () => IsBackAsync(platform, service), RecoveryLimit);
        }

        await Wait.UntilAsync("queries are answered", () => AnswersAsync(before), RecoveryLimit);
    }

    [Fact]
    public async Task Killed_database_comes_back_with_what_was_committed()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var status = await platform.UpAsync("--no-sample");
        await using (var database = PlatformDatabase.Open(status))
            await database.ExecuteAsync("CREATE TABLE public.kept AS SELECT 42 AS answer");

        var killed = Find(platform, "postgres -D ");
        Assert.True(killed.Signal(ProcessSignal.Kill));

        await Wait.UntilAsync("the table is read again", () => AnswersAsync(status, "SELECT answer FROM public.kept", "\"answer\":42"), RecoveryLimit);
        Assert.Equal("healthy", (await platform.StatusAsync()).State);
        Assert.Contains($"process {Find(platform, "postgres -D ").Id}\n", (await platform.RunAsync("status")).Output, StringComparison.Ordinal);
        Assert.Equal("1\n", (await platform.RunAsync("psql", "-Atc", "SELECT 1")).Output);
        Assert.Equal("t\n", (await platform.RunAsync("psql", "--admin", "-Atc", "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")).Output);
    }

    [Fact]
    public async Task Killed_supervisor_leaves_nothing_in_the_way_of_the_next_start()
    {
        await using var platform = new TestPlatform(Topologies.Services);
        await platform.UpAsync("--no-sample");

        Assert.True(Find(platform, " up ").Signal(ProcessSignal.Kill));

        Assert.True(await AnswersAsync(await platform.UpAsync("--no-sample")));
    }

    private static ProcessIdentity Find(TestPlatform platform, string inCommandLine) =>
        PlatformProcesses.Of(platform.DataFolder).Single(
            process => PlatformProcesses.Describe(process).Contains(inCommandLine, StringComparison.Ordinal));

    private static async Task<bool> IsBackAsync(TestPlatform platform, ServiceStatus before)
    {
        var status = await platform.RunAsync("status", "--json");
        return status.ExitCode == 0 && PlatformStatus.Parse(status.Output).Services.Single(service => service.Name == before.Name).Pid != before.Pid;
    }

    private static async Task<bool> AnswersAsync(PlatformStatus status, string sql = "SELECT 1 AS n", string expected = "\"n\":1")
    {
        using var client = TestPlatform.CreateClient(status);
        try
        {
            var answer = await client.GetStringAsync($"/v3/sql/{status.Connection}/query?q={Uri.EscapeDataString(sql)}");
            return answer.Contains(expected, StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
