using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class ServerLogTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_file);
        File.Delete(_file + ".1");
    }

    [Fact]
    public void Last_fatal_message_is_the_reason()
    {
        const string Log = "2026-01-01 [1] LOG:  starting\n2026-01-01 [1] FATAL:  first\n2026-01-01 [1] FATAL:  could not open file \"x\"\n2026-01-01 [1] LOG:  shutting down\n";

        Assert.Equal("PostgreSQL did not start: could not open file \"x\".", ServerLog.Explain(Log, "PostgreSQL did not start", "/tmp"));
    }

    [Fact]
    public void Full_disk_says_what_to_do()
    {
        Assert.Contains("free some space", ServerLog.Explain("PANIC:  could not write to file: No space left on device", "x", "/tmp"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use", true)]
    [InlineData("FATAL:  could not create any TCP/IP sockets", true)]
    [InlineData("FATAL:  lock file \"postmaster.pid\" already exists", false)]
    public void Busy_port_is_told_from_other_failures(string text, bool expected) => Assert.Equal(expected, ServerLog.IsPortBusy(text));

    [Fact]
    public async Task Only_what_is_new_is_read()
    {
        await File.WriteAllTextAsync(_file, "old\nnew\n");

        Assert.Equal("new\n", await ServerLog.ReadFromAsync(_file, 4, CancellationToken.None));
    }

    [Fact]
    public void Log_of_a_running_server_stays_bounded()
    {
        using (var server = new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            server.SetLength(17 * 1024 * 1024);
            ServerLog.Bound(_file);
        }

        Assert.Equal(0, new FileInfo(_file).Length);
        Assert.Equal(17 * 1024 * 1024, new FileInfo(_file + ".1").Length);
    }
}
