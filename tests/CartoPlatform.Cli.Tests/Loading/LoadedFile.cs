using CartoPlatform.Cli.Loading;
using CartoPlatform.Cli.Loading.Tables;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Loading;

/// <summary>Loads files into a real database and asks it what has arrived.</summary>
public abstract class LoadedFile(PostGisFixture database) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string FolderPath => _folder.Path;

    protected string Write(string name, string text) => _folder.Write(name, text);

    protected string Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    protected async Task<long> LoadAsync(string path, string table, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        var layer = Assert.Single(await new DataFile(path).LayersAsync(cancellationToken));
        var source = await layer.OpenAsync(_folder.Path, cancellationToken);
        await using var loader = new TableLoader(database.OwnerConnectionString);
        return await loader.LoadAsync(source, TableName.Parse(table)!, overwrite, (_, _) => { }, cancellationToken);
    }

    /// <summary>Fails, with this message, and leaves no table.</summary>
    protected async Task RefusedAsync(string path, string table, string message)
    {
        var refused = await Assert.ThrowsAsync<LoadException>(() => LoadAsync(path, table));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal("", await AskAsync($"SELECT coalesce(to_regclass('{table}')::text, '')"));
    }

    /// <summary>The first column of all rows, parted by bars, as the reader sees it.</summary>
    protected async Task<string> AskAsync(string sql)
    {
        await using var command = database.Reader.CreateCommand($"SELECT coalesce(string_agg(coalesce(x::text, 'NULL'), '|'), '') FROM ({sql}) AS q(x)");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    protected Task<string> ColumnsAsync(string table) => AskAsync(
        $"SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
}
