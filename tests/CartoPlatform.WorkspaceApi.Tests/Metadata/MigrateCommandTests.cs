using CartoPlatform.PostGis.Metadata;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Wait = CartoPlatform.Testing.Platform.Wait;

namespace CartoPlatform.WorkspaceApi.Tests.Metadata;

public sealed class MigrateCommandTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(1);

    private string Setting => $"--Metadata:ConnectionString={database.OwnerConnectionString}";

    [Fact]
    public async Task Migrate_makes_the_schema_and_nothing_in_it_and_exits()
    {
        await using var platform = await TestPlatform.CreateAsync(database);

        // The one setting that it needs.
        using var process = MigratingProcess.Start(Setting);
        var (exitCode, output) = await process.EndAsync();

        Assert.True(exitCode == 0, output);
        Assert.Equal(0, await platform.AskAsync<long>("SELECT count(*) FROM platform.tokens"));
    }

    [Fact]
    public async Task Migrate_without_a_database_names_the_key()
    {
        using var process = MigratingProcess.Start();
        var (exitCode, output) = await process.EndAsync();

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Metadata:ConnectionString is not set", output, StringComparison.Ordinal);
    }

    /// <summary>Three processes; the one that holds the lock is killed inside a step, and the others do it, each step once.</summary>
    [Fact]
    public async Task Processes_that_start_together_apply_each_step_once_though_one_is_killed_in_the_middle()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        await using (var metadata = new MetadataDatabase(Options.Create(new MetadataOptions { ConnectionString = database.OwnerConnectionString })))
            await new MigrationRunner(metadata, NullLogger<MigrationRunner>.Instance).RunAsync([.. Migration.All.Take(4)], CancellationToken.None);
        // What a later step changes cannot be changed for now: whoever is first stops inside it, with the platform's lock.
        await using var obstacle = await database.Owner.OpenConnectionAsync();
        await using var transaction = await obstacle.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE platform.tokens IN ACCESS SHARE MODE", obstacle, transaction)) await command.ExecuteNonQueryAsync();

        using var first = MigratingProcess.Start(Setting);
        await Wait.UntilAsync("the first one is inside a step", () => WaitsForAsync(platform, "relation"), WaitLimit);
        using var second = MigratingProcess.Start(Setting);
        using var third = MigratingProcess.Start(Setting);
        await Wait.UntilAsync("another one waits for its turn", () => WaitsForAsync(platform, "advisory"), WaitLimit);
        await first.KillAsync();
        await transaction.RollbackAsync();

        foreach (var process in (MigratingProcess[])[second, third])
        {
            var (exitCode, output) = await process.EndAsync();
            Assert.True(exitCode == 0, output);
        }

        Assert.Equal(
            string.Join(' ', Migration.All.Select(migration => migration.Name)),
            await platform.AskAsync<string>("SELECT string_agg(name, ' ' ORDER BY version) FROM platform.migrations"));
    }

    private async Task<bool> WaitsForAsync(TestPlatform platform, string locked) => await platform.AskAsync<bool>(
        $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '{database.DatabaseName}' AND wait_event_type = 'Lock' AND wait_event = '{locked}')");
}
