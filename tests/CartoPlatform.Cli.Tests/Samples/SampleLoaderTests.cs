using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Samples;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Samples;

/// <summary>The sample data of the repository, each time into a database of its own.</summary>
public sealed class SampleLoaderTests : IAsyncLifetime, IDisposable
{
    private readonly PostGisFixture _database = new();
    private readonly TemporaryFolder _folder = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_table_arrives_whole_and_can_be_read()
    {
        var manifest = SampleManifest.Read(RepositoryLayout.Samples);
        var shown = new List<double>();

        await Loader(RepositoryLayout.Samples, manifest).LoadAsync((share, _) => shown.Add(share), CancellationToken.None);

        foreach (var table in manifest.Tables)
            Assert.Equal(table.Rows, await CountAsync($"demo.{table.Name}"));
        Assert.Equal(shown.Order(), shown);
        Assert.Equal(1, shown[^1]);
    }

    [Fact]
    public async Task Interrupted_load_goes_on_with_what_is_missing()
    {
        var manifest = SampleManifest.Read(RepositoryLayout.Samples);
        using var interruption = new CancellationTokenSource();
        var interrupted = Loader(RepositoryLayout.Samples, manifest).LoadAsync(
            (_, step) =>
            {
                if (step.StartsWith("demo.populated_places", StringComparison.Ordinal))
                    interruption.Cancel();
            },
            interruption.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => interrupted);
        Assert.Equal(241, await CountAsync("demo.countries"));
        await _database.ExecuteAsync("DELETE FROM demo.countries WHERE id = 1");

        await Loader(RepositoryLayout.Samples, manifest).LoadAsync((_, _) => { }, CancellationToken.None);

        Assert.Equal(240, await CountAsync("demo.countries"));
        Assert.Equal(135_233, await CountAsync("demo.populated_places"));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public async Task Damaged_file_leaves_no_table(double kept)
    {
        foreach (var file in Directory.GetFiles(RepositoryLayout.Samples))
            File.Copy(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
        var manifest = SampleManifest.Read(_folder.Path);
        manifest = manifest with { Tables = [manifest.Tables[1]] };
        var damaged = Path.Combine(_folder.Path, manifest.Tables[0].Data);
        var bytes = await File.ReadAllBytesAsync(damaged);
        await File.WriteAllBytesAsync(damaged, bytes[..(int)(bytes.Length * kept)]);

        var refused = await Assert.ThrowsAsync<CommandException>(() => Loader(_folder.Path, manifest).LoadAsync((_, _) => { }, CancellationToken.None));

        Assert.Contains("is damaged", refused.Message, StringComparison.Ordinal);
        await using var command = _database.Reader.CreateCommand("SELECT to_regclass('demo.airports') IS NULL");
        Assert.Equal(true, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Tables_dropped_by_the_user_stay_away()
    {
        var data = new DataFolder(_folder.Path);
        await File.WriteAllTextAsync(data.SamplesMark, "loaded");

        await SampleData.LoadOnceAsync(data, _database.OwnerConnectionString, CancellationToken.None);

        await using var command = _database.Reader.CreateCommand("SELECT to_regclass('demo.airports') IS NULL");
        Assert.Equal(true, await command.ExecuteScalarAsync());
    }

    private SampleLoader Loader(string folder, SampleManifest manifest) => new(folder, manifest, _database.OwnerConnectionString);

    private async Task<long> CountAsync(string table)
    {
        await using var command = _database.Reader.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
