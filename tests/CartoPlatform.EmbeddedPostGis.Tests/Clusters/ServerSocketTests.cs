using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class ServerSocketTests
{
    [Theory]
    [InlineData("/home/ann/.cartoplatform/postgres")]
    [InlineData("/var/lib/carto_platform-1/postgres")]
    public void Socket_lies_in_the_data_directory(string directory) => Assert.Equal(directory, ServerSocket.FolderIn(directory, 23281));

    [Theory]
    [InlineData("/home/ann/my data/postgres")]
    [InlineData("/home/ann/it's/postgres")]
    [InlineData("/home/ann/a,b/postgres")]
    [InlineData("/home/ann/$(id)/postgres")]
    [InlineData("/home/änn/postgres")]
    public void Folder_that_would_need_quotes_has_none(string directory) => Assert.Equal("", ServerSocket.FolderIn(directory, 23281));

    [Fact]
    public void Path_that_is_too_long_for_a_socket_has_none()
    {
        // ".s.PGSQL.23281" and the slash before it are 15.
        Assert.NotEqual("", ServerSocket.FolderIn("/" + new string('a', 87), 23281));
        Assert.Equal("", ServerSocket.FolderIn("/" + new string('a', 88), 23281));
    }

    [Fact]
    public void Nothing_is_a_socket_that_is_not_there() => Assert.False(ServerSocket.IsIn(Path.GetTempPath(), 1));
}
