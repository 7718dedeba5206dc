using System.CommandLine;
using CartoPlatform.Cli.Backups;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Supervision;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.Topology;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto restore FILE</c>: the platform as it was when the file was made.</summary>
internal static class RestoreCommand
{
    private const string Description =
        "Bring a backup back: everything the platform holds is replaced, or, when anything is wrong with the file, nothing. A running platform is stopped for it and started again.";

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Made by ./carto backup. Restore only what you trust: it can hold code for the database." };
        var force = new Option<bool>("--force") { Description = "Do not ask before a platform that is there is replaced. A script is never asked." };
        var data = CommonOptions.Data();
        var command = new Command("restore", Description) { file, force, data };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Path.GetFullPath(parsed.GetRequiredValue(file)), parsed.GetValue(force), PlatformSettings.Read(parsed.GetValue(data)), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool force, PlatformSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) throw new CommandException($"{path} is a folder: name the file that ./carto backup made.");
        if (!File.Exists(path)) throw new CommandException($"There is no file {path}.");
        // Secrets are made with a platform's first start: without them nothing can be lost.
        if (!force && !Console.IsInputRedirected && File.Exists(Path.Combine(settings.Data.Path, "secrets", "internal-key"))) Confirm(settings.Data.Path);
        settings.Data.Create();
        var work = Directory.CreateDirectory(Path.Combine(settings.Data.Path, $".restore-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var manifest = await BackupArchive.ReadAsync(path, work.FullName, cancellationToken);
            if (BackupContent.Databases.FirstOrDefault(database => manifest.Entries.All(entry => entry.Name != BackupContent.DumpOf(database))) is { } missing)
                throw new CommandException($"{path} was refused: it holds no database {missing}.");

            var running = PlatformLock.Holder(settings.Data) is null ? null : RunFile.Read(settings.Data);
            if (PlatformLock.Holder(settings.Data) is not null) await DownCommand.StopAsync(settings.Data, time, cancellationToken);
            try
            {
                await RestoreAsync(work.FullName, manifest, settings.Data, time, cancellationToken);
            }
            finally
            {
                // Also when it failed: then it runs on with what it had.
                if (running is not null) await DetachedSupervisor.StartAgainAsync(settings, running, Topologies.Find(running.Topology) ?? Topologies.Standard, time);
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }

        return ExitCodes.Success;
    }

    private static void Confirm(string folder)
    {
        Console.Write($"There is a platform in {folder}, and all it holds will be replaced. Go on? [y/N] ");
        if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw new CommandException("Nothing was changed.");
    }

    private static async Task RestoreAsync(string folder, BackupManifest manifest, DataFolder data, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var database = await OpenedDatabase.StartAsync(data, new LineReport(), time, cancellationToken);
        var secrets = data.Secrets();
        await using var staged = new StagedDatabases(database.Connections, secrets, PostgresTool.Of(data, database.Connections));
        try
        {
            await OtherRoles.EnsureAsync(staged.Server, secrets, manifest.Roles, cancellationToken);
            foreach (var name in BackupContent.Databases)
                await staged.FillAsync(name, Path.Combine(folder, BackupContent.DumpOf(name)), cancellationToken);
            await staged.SwapAsync(BackupContent.Databases, cancellationToken);
        }
        catch
        {
            await staged.DropStagedAsync(BackupContent.Databases, CancellationToken.None);
            throw;
        }

        // From here on there is no way back, and none is needed: what can fail now can be done again.
        BackupContent.PutBack(folder, manifest, data);
        await staged.DropOldAsync(BackupContent.Databases, CancellationToken.None);
        // Rights on the databases themselves are in no dump; an embedded server has them renewed at its next start anyway.
        await ExternalDatabase.PrepareAsync(data, new LineReport(), CancellationToken.None);
        Console.WriteLine($"Restored what version {manifest.Version} saved on {manifest.CreatedAt:yyyy-MM-dd HH:mm} UTC.");
    }
}
