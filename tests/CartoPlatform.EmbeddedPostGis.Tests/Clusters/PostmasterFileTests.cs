using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class PostmasterFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-postmaster-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_of_a_running_server_gives_process_port_socket_and_state()
    {
        Write("4711\n/data/postgres\n1763761234\n23281\n/data/postgres\n127.0.0.1\n  5432   98304\nready   \n");

        Assert.Equal(new PostmasterFile(4711, 23281, "/data/postgres", "ready"), PostmasterFile.Read(_folder));
    }

    [Fact]
    public void File_of_a_starting_server_has_no_state_yet()
    {
        Write("4711\n/data/postgres\n1763761234\n23281\n");

        Assert.Equal(new PostmasterFile(4711, 23281, null, null), PostmasterFile.Read(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("nobody\n")]
    public void File_that_no_server_wrote_is_none(string text)
    {
        Write(text);

        Assert.Null(PostmasterFile.Read(_folder));
    }

    [Fact]
    public void Missing_file_is_none() => Assert.Null(PostmasterFile.Read(_folder));

    private void Write(string text) => File.WriteAllText(PostmasterFile.PathIn(_folder), text);
}
