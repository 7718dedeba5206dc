using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

/// <summary>A data folder of its own for each test, and whatever runs on it stopped at the end.</summary>
public abstract class ClusterTest : IAsyncLifetime
{
    private readonly List<string> _reports = [];

    protected string Folder { get; } = TestFolder.Create();

    protected string DataDirectory => Path.Combine(Folder, "postgres");

    protected IReadOnlyList<string> Reports => _reports;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await EmbeddedCluster.StopLeftOverAsync(Folder, TimeProvider.System, CancellationToken.None);
        var elsewhere = new DirectoryInfo(DataDirectory).LinkTarget;
        Directory.Delete(Folder, recursive: true);
        if (elsewhere is not null && Directory.Exists(elsewhere))
        {
            Directory.Delete(elsewhere, recursive: true);
            File.Delete(elsewhere + ".owner");
        }
    }

    protected Task<EmbeddedCluster> StartAsync(bool isDurable = false) => EmbeddedCluster.StartAsync(
        new ClusterOptions { DataFolder = Folder, IsDurable = isDurable, MemoryBytes = 256L * 1024 * 1024 },
        new Collector(_reports),
        TimeProvider.System,
        CancellationToken.None);

    protected static async Task<object?> AskAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private sealed class Collector(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
