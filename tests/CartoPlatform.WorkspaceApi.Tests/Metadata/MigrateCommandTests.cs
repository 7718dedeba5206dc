using System.Diagnostics;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Metadata;

public sealed class MigrateCommandTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Migrate_makes_the_schema_and_nothing_in_it_and_exits()
    {
        await using var platform = await TestPlatform.CreateAsync(database);

        // The one setting that it needs.
        var (exitCode, output) = await RunAsync("--migrate", $"--Metadata:ConnectionString={database.OwnerConnectionString}");

        Assert.True(exitCode == 0, output);
        Assert.Equal(0, await platform.AskAsync<long>("SELECT count(*) FROM platform.tokens"));
    }

    [Fact]
    public async Task Migrate_without_a_database_names_the_key()
    {
        var (exitCode, output) = await RunAsync("--migrate");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Metadata:ConnectionString is not set", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(Program).Assembly.Location, .. arguments])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await error);
    }
}
