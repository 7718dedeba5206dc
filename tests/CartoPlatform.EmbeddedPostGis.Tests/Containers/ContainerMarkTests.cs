using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Containers;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.EmbeddedPostGis.Tests.Containers;

public sealed class ContainerMarkTests : IDisposable
{
    private readonly string _folder = TestFolder.Create();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mark_that_was_written_is_read_back(bool isComplete)
    {
        var mark = ContainerMark.New("some/image:17", 21_000) with { IsComplete = isComplete };

        mark.Write(_folder);

        Assert.Equal(mark, ContainerMark.Read(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("carto-1\nimage")]
    [InlineData("carto-1\nimage\nno-port\ncomplete\n")]
    public void Damaged_mark_is_not_taken_for_none(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "container"), text);

        Assert.Throws<ClusterException>(() => ContainerMark.Read(_folder));
    }

    [Fact]
    public void Folder_without_a_mark_is_in_no_container() => Assert.Null(ContainerMark.Read(_folder));

    [Fact]
    public void Two_folders_never_share_a_container() =>
        Assert.NotEqual(ContainerMark.New("image", 1).Name, ContainerMark.New("image", 1).Name);

    [Fact]
    public void Command_keeps_the_password_to_itself_and_the_server_to_loopback()
    {
        var admin = new Login("carto_admin", "geheim");

        var arguments = ContainerCommand.Arguments(ContainerMark.New("image", 21_000), new ClusterOptions { DataFolder = _folder }, admin);

        Assert.DoesNotContain(arguments, argument => argument.Contains("geheim", StringComparison.Ordinal));
        Assert.Equal("geheim", ContainerCommand.Variables(admin)["POSTGRES_PASSWORD"]);
        Assert.Contains("127.0.0.1:21000:5432", arguments);
        Assert.Contains("jit=off", arguments);
    }
}
