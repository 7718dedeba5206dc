namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class ClusterRefusalTests : ClusterTest
{
    [Fact]
    public async Task Data_of_a_version_that_is_not_installed_names_the_package()
    {
        await FakeClusterAsync("12");

        var refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());

        Assert.Contains("PostgreSQL 12", refused.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql-12-postgis-3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_version_file_is_one_sentence()
    {
        await FakeClusterAsync("not a number");

        var refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());

        Assert.Contains("PG_VERSION", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_with_other_things_in_it_is_not_overwritten()
    {
        Directory.CreateDirectory(DataDirectory);
        var precious = Path.Combine(DataDirectory, "precious.txt");
        await File.WriteAllTextAsync(precious, "mine");

        var refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());

        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(precious));
    }

    [Fact]
    public async Task Link_that_leads_nowhere_does_not_make_a_new_database()
    {
        Directory.CreateSymbolicLink(DataDirectory, Path.Combine(Folder, "unmounted"));

        var refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());

        Assert.Contains("unmounted", refused.Message, StringComparison.Ordinal);
    }

    private async Task FakeClusterAsync(string version)
    {
        Directory.CreateDirectory(DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(DataDirectory, "PG_VERSION"), version + "\n");
    }
}
