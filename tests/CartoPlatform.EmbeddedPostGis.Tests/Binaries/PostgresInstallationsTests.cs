using CartoPlatform.EmbeddedPostGis.Binaries;

namespace CartoPlatform.EmbeddedPostGis.Tests.Binaries;

public sealed class PostgresInstallationsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("carto-binaries-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Newest_with_a_fitting_PostGis_is_chosen()
    {
        var found = await PostgresInstallations.FindAsync([Fake(14, "3.4.0"), Fake(16, "3.5.2"), Fake(17, "3.2.9"), Fake(18, null)], CancellationToken.None);

        Assert.Equal([18, 17, 16, 14], found.Select(one => one.Major));
        Assert.Equal(16, PostgresInstallations.Choose(found).Major);
    }

    [Fact]
    public async Task Data_folder_decides_the_version()
    {
        var found = await PostgresInstallations.FindAsync([Fake(14, "3.4.0"), Fake(16, "3.5.2")], CancellationToken.None);

        Assert.Equal(14, PostgresInstallations.Choose(found, major: 14).Major);
    }

    [Theory]
    [InlineData(12, "3.3.0")]
    [InlineData(19, "3.9.0")]
    [InlineData(15, "3.2.0")]
    public async Task Version_outside_of_the_range_is_refused_with_what_was_found(int major, string postGis)
    {
        var found = await PostgresInstallations.FindAsync([Fake(major, postGis)], CancellationToken.None);

        var refused = Assert.Throws<ClusterException>(() => PostgresInstallations.Choose(found));

        Assert.Contains($"found only PostgreSQL {major} with PostGIS {postGis[..3]}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_installation_names_the_packages()
    {
        var refused = Assert.Throws<ClusterException>(() => PostgresInstallations.Choose([]));

        Assert.Contains("apt-get install", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Installation_without_pg_config_is_read_by_its_layout()
    {
        var bin = Fake(16, "3.5.2");
        File.Delete(Path.Combine(bin, "pg_config"));

        var found = await PostgresInstallations.FindAsync([bin], CancellationToken.None);

        Assert.Equal(new Version(3, 5), Assert.Single(found).PostGis);
    }

    [Fact]
    public async Task Folder_with_psql_alone_is_no_server()
    {
        var bin = Fake(16, "3.5.2");
        File.Delete(Path.Combine(bin, "initdb"));

        Assert.Empty(await PostgresInstallations.FindAsync([bin, Path.Combine(_root, "missing")], CancellationToken.None));
    }

    [Theory]
    [InlineData("default_version = '3.3.2'", 3, 3)]
    [InlineData("comment = 'x'\ndefault_version='3.6.0beta1'\nrelocatable = false", 3, 6)]
    [InlineData("  default_version   =   '3.10.1'  ", 3, 10)]
    public void Control_file_gives_the_version(string text, int major, int minor)
    {
        var file = Path.Combine(_root, "postgis.control");
        File.WriteAllText(file, text);

        Assert.Equal(new Version(major, minor), PostgresInstallations.PostGisVersion(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("default_version = 'next'")]
    public void Control_file_without_a_version_is_none(string text)
    {
        var file = Path.Combine(_root, "postgis.control");
        File.WriteAllText(file, text);

        Assert.Null(PostgresInstallations.PostGisVersion(file));
    }

    private string Fake(int major, string? postGis)
    {
        var root = Path.Combine(_root, $"pg{major}");
        var bin = Directory.CreateDirectory(Path.Combine(root, "bin")).FullName;
        var extension = Directory.CreateDirectory(Path.Combine(root, "share", "extension")).FullName;
        if (postGis is not null)
            File.WriteAllText(Path.Combine(extension, "postgis.control"), $"default_version = '{postGis}'\n");
        Script(bin, "initdb", "");
        Script(bin, "postgres", $"echo 'postgres (PostgreSQL) {major}.1'");
        Script(bin, "pg_config", $"printf 'PostgreSQL {major}.1\\n{root}/share\\n{root}/lib\\n'");
        return bin;
    }

    private static void Script(string folder, string name, string body)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
