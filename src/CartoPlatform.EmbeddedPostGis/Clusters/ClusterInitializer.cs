using System.Security.Cryptography;
using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>Makes a data directory. It appears under its final name only when complete, so a killed attempt leaves no half one.</summary>
internal sealed class ClusterInitializer(PostgresInstallation installation, ServerAccount account, ClusterOptions options)
{
    /// <summary>A fresh cluster with PostGIS and the first WAL segments takes about 200 MB.</summary>
    public const long NeededBytes = 400L * 1024 * 1024;

    private const string Unfinished = ".init-";

    public async Task InitializeAsync(string superuser, string password, IProgress<string> report, CancellationToken cancellationToken)
    {
        DiskSpace.Require(options.DataFolder, NeededBytes);
        var target = await ClusterLocation.ForNewAsync(options.DataFolder, account, cancellationToken);
        var link = ClusterLocation.In(options.DataFolder);
        if (target != link)
            report.Report($"The account {account.Name} cannot enter {options.DataFolder}: the database goes to {target}, linked from {link}.");

        RemoveUnfinished(target);
        var unfinished = target + Unfinished + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        await CreateAsync(unfinished, superuser, password, cancellationToken);
        RemoveEmpty(link);
        Directory.Move(unfinished, target);
        if (target == link)
            return;

        ClusterLocation.Note(target, options.DataFolder);
        Directory.CreateSymbolicLink(link, target);
    }

    private async Task CreateAsync(string directory, string superuser, string password, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        account.TakeOver(directory);
        var passwordFile = directory + ".pw";
        try
        {
            await WritePasswordAsync(passwordFile, password, cancellationToken);
            var run = await InitDbAsync(directory, superuser, passwordFile, "C.UTF-8", cancellationToken);
            // Systems without C.UTF-8 (old Red Hat, macOS) get the plain C locale: same order, ASCII-only upper and lower case.
            if (run.ExitCode != 0 && run.Error.Contains("invalid locale", StringComparison.Ordinal))
                run = await InitDbAsync(directory, superuser, passwordFile, "C", cancellationToken);
            if (run.ExitCode != 0)
                throw new ClusterException(ServerLog.Explain(run.Error, "The database could not be made", options.DataFolder));

            await File.AppendAllTextAsync(Path.Combine(directory, "postgresql.conf"), $"\ninclude_if_exists = '{ClusterConfiguration.FileName}'\n", cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private Task<ToolRun> InitDbAsync(string directory, string superuser, string passwordFile, string locale, CancellationToken cancellationToken)
    {
        List<string> command =
        [
            installation.Tool("initdb"), "--pgdata", directory, "--username", superuser, "--pwfile", passwordFile,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", locale, "--lc-messages", "C", "--data-checksums",
        ];
        if (!options.IsDurable)
            command.Add("--no-sync");
        return ToolRun.RunAsync(account.Command(command), cancellationToken);
    }

    private async Task WritePasswordAsync(string path, string password, CancellationToken cancellationToken)
    {
        var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var writer = new StreamWriter(path, mode))
            await writer.WriteAsync(password.AsMemory(), cancellationToken);
        account.TakeOver(path);
    }

    /// <summary>What killed attempts left. One that is still at work cleans up after itself.</summary>
    private static void RemoveUnfinished(string target)
    {
        var parent = Path.GetDirectoryName(target) ?? "/";
        var folder = Path.GetFileName(target).Split('-')[0];
        foreach (var entry in Directory.EnumerateFileSystemEntries(parent, $"{folder}*{Unfinished}*"))
        {
            try
            {
                if (Directory.Exists(entry))
                    Directory.Delete(entry, recursive: true);
                else
                    File.Delete(entry);
            }
            catch (IOException)
            {
                // An initdb that outlived its parent still writes there: the next first start removes it.
            }
        }
    }

    private static void RemoveEmpty(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory);
    }
}
