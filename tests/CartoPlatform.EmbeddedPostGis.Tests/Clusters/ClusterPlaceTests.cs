using System.Diagnostics;
using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.EmbeddedPostGis.Tests.Clusters;

public sealed class ClusterPlaceTests : ClusterTest
{
    [RootFact]
    public async Task Folder_that_the_servers_account_cannot_enter_gets_a_link()
    {
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var cluster = await StartAsync();
        await cluster.StopAsync(CancellationToken.None);
        var again = await StartAsync();

        Assert.StartsWith("/var/lib/cartoplatform/", new DirectoryInfo(DataDirectory).LinkTarget, StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync(again.Connections.Owner, "SELECT 1"));
        Assert.Contains(Reports, line => line.Contains("cannot enter", StringComparison.Ordinal));
        Assert.DoesNotContain(new DirectoryInfo(DataDirectory).LinkTarget, EmbeddedCluster.Forgotten());
    }

    [RootFact]
    public async Task Full_disk_is_one_sentence_and_the_next_start_works()
    {
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=420m,mode=755", "none", Folder);
        try
        {
            var filler = Path.Combine(Folder, "filler");
            await FillAsync(filler, leaveBytes: 10_000_000);
            var refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());
            Assert.Contains("free some space", refused.Message, StringComparison.Ordinal);

            File.Delete(filler);
            var cluster = await StartAsync();
            await AskAsync(cluster.Connections.Owner, "CREATE TABLE public.kept AS SELECT 42 AS answer");
            await cluster.StopAsync(CancellationToken.None);
            await FillAsync(filler, leaveBytes: 0);
            refused = await Assert.ThrowsAsync<ClusterException>(() => StartAsync());
            Assert.Contains("free some space", refused.Message, StringComparison.Ordinal);

            File.Delete(filler);
            var again = await StartAsync();
            Assert.Equal(42, await AskAsync(again.Connections.Reader, "SELECT answer FROM public.kept"));
        }
        finally
        {
            await EmbeddedCluster.StopLeftOverAsync(Folder, TimeProvider.System, CancellationToken.None);
            await RunAsync("umount", Folder);
        }
    }

    private static async Task FillAsync(string path, long leaveBytes)
    {
        await using var file = File.Create(path);
        var block = new byte[64 * 1024];
        try
        {
            while (leaveBytes == 0 || new DriveInfo(path).AvailableFreeSpace > leaveBytes)
            {
                await file.WriteAsync(block);
                await file.FlushAsync();
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
