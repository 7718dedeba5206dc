using CartoPlatform.Topology.Running;

namespace CartoPlatform.Topology.Tests.Running;

public sealed class ServiceLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-log-").FullName;

    private string LogPath => Path.Combine(_folder, "service.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Endless_output_takes_two_bounded_files()
    {
        var line = new string('x', 1_000_000);
        using (var log = new ServiceLog(LogPath))
        {
            for (var count = 0; count < 30; count++)
                log.Write(line);
        }

        var files = Directory.GetFiles(_folder);
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 10_000_000));
    }

    [Fact]
    public void New_run_is_added_to_the_old_lines()
    {
        using (var first = new ServiceLog(LogPath))
            first.Write("first");
        using (var second = new ServiceLog(LogPath))
            second.Write("second");

        Assert.Equal(["first", "second"], File.ReadAllLines(LogPath));
    }

    [Fact]
    public void Reason_is_the_services_own_sentence_or_the_exception_or_else_the_last_line()
    {
        using var log = new ServiceLog(LogPath);
        log.Write("starting");
        Assert.Equal("starting", log.Reason);

        log.Write("Unhandled exception. System.InvalidOperationException: no key");
        log.Write("   at ThrowHelper.ThrowArgumentException()");
        Assert.Equal("Unhandled exception. System.InvalidOperationException: no key", log.Reason);

        log.Write("fail: Host[11] System.IO.IOException: disk full    at Main()    at Start()");
        Assert.Equal("fail: Host[11] System.IO.IOException: disk full", log.Reason);

        log.Write("carto: Platform:Key is not set.");
        log.Write("stopped");
        Assert.Equal("Platform:Key is not set", log.Reason);
    }

    [Fact]
    public void Log_that_cannot_be_written_does_not_stop_the_service()
    {
        using var log = new ServiceLog("/dev/full");

        log.Write("lost");

        Assert.Equal("lost", log.Reason);
    }
}
