using CartoPlatform.Cli.Loading;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Loading;

public sealed class TableLoadTests(PostGisFixture database) : LoadedFile(database), IClassFixture<PostGisFixture>
{
    private readonly PostGisFixture _database = database;

    private string Points(string name, params int[] ids) =>
        Write(name, "id,lon,lat\n" + string.Concat(ids.Select(id => $"{id},8,47\n")));

    [Fact]
    public async Task Table_is_indexed_by_place_and_readable_at_once()
    {
        await LoadAsync(Points("a.csv", 1, 2), "indexed");

        Assert.Equal("indexed_geom_idx", await AskAsync("SELECT indexname FROM pg_indexes WHERE tablename = 'indexed' AND indexdef LIKE '%gist%'"));
        Assert.Equal("2", await AskAsync("SELECT reltuples FROM pg_class WHERE relname = 'indexed'"));
    }

    [Fact]
    public async Task Schema_that_is_missing_is_made()
    {
        await LoadAsync(Points("a.csv", 1), "fresh_schema.points");

        Assert.Equal("1", await AskAsync("SELECT id FROM fresh_schema.points"));
    }

    [Fact]
    public async Task Existing_table_is_kept_unless_told_otherwise()
    {
        await LoadAsync(Points("a.csv", 1), "kept");

        var refused = await Assert.ThrowsAsync<CommandException>(() => LoadAsync(Points("b.csv", 2), "kept"));
        Assert.Contains("--overwrite", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1", await AskAsync("SELECT id FROM kept"));

        await LoadAsync(Points("b.csv", 2), "kept", overwrite: true);
        Assert.Equal("2", await AskAsync("SELECT id FROM kept"));
        Assert.Equal("kept_geom_idx", await AskAsync("SELECT indexname FROM pg_indexes WHERE tablename = 'kept'"));
    }

    [Fact]
    public async Task Failed_overwrite_leaves_the_old_table()
    {
        await LoadAsync(Points("a.csv", 1), "survivor");

        await Assert.ThrowsAsync<LoadException>(() => LoadAsync(Write("bad.csv", "id,lon,lat\n2,8,97\n"), "survivor", overwrite: true));

        Assert.Equal("1", await AskAsync("SELECT id FROM survivor"));
    }

    [Fact]
    public async Task View_is_never_replaced()
    {
        await _database.ExecuteAsync("CREATE VIEW public.a_view AS SELECT 1 AS id");

        var refused = await Assert.ThrowsAsync<CommandException>(() => LoadAsync(Points("a.csv", 1), "a_view", overwrite: true));

        Assert.Contains("is not a table", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_that_a_view_needs_is_not_replaced()
    {
        await LoadAsync(Points("a.csv", 1), "needed");
        await _database.ExecuteAsync("CREATE VIEW public.needs AS SELECT id FROM public.needed");

        var refused = await Assert.ThrowsAsync<CommandException>(() => LoadAsync(Points("b.csv", 2), "needed", overwrite: true));

        Assert.Contains("view needs depends on table needed", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1", await AskAsync("SELECT id FROM needs"));
    }

    [Fact]
    public async Task Two_loads_of_one_name_leave_one_whole_table()
    {
        var loads = new[] { Points("a.csv", 1, 2, 3), Points("b.csv", 1, 2, 3) }.Select(path => LoadAsync(path, "raced")).ToArray();

        var outcomes = await Task.WhenAll(loads.Select(async load => await Record.ExceptionAsync(() => load)));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Single(outcomes, outcome => outcome is CommandException);
        Assert.Equal("3", await AskAsync("SELECT count(*) FROM raced"));
    }

    [Fact]
    public async Task Cancelled_load_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LoadAsync(Points("a.csv", 1), "cancelled", cancellationToken: cancelled.Token));

        Assert.Equal("", await AskAsync("SELECT coalesce(to_regclass('cancelled')::text, '')"));
    }

    [Theory]
    [InlineData("data.xlsx", "are not known")]
    [InlineData("data", "are not known")]
    public async Task Unknown_ending_lists_the_known_ones(string name, string message)
    {
        var refused = await Assert.ThrowsAsync<LoadException>(() => LoadAsync(Write(name, "x"), "unknown"));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_and_folder_are_told_apart()
    {
        Assert.Contains("does not exist", Assert.Throws<CommandException>(() => new DataFile("/nowhere.csv")).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<CommandException>(() => new DataFile(FolderPath)).Message, StringComparison.Ordinal);
    }
}
