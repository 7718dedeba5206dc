using System.CommandLine;
using System.Globalization;
using CartoPlatform.Cli.Backups;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Terminal;
using Npgsql;

namespace CartoPlatform.Cli.Commands;

/// <summary><c>./carto backup FILE</c>: accounts, tokens, connections, maps, secrets and the embedded data in one verified file.</summary>
internal static class BackupCommand
{
    private const string Description =
        "Save platform state (accounts, tokens, connections, maps), secrets and the embedded data into one file, and verify it. The platform may be running. Keep the file safe: it holds every secret.";

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Where to." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a file of that name, once the new one is complete." };
        var data = CommonOptions.Data();
        var command = new Command("backup", Description) { file, overwrite, data };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            Path.GetFullPath(parsed.GetRequiredValue(file)), parsed.GetValue(overwrite), PlatformSettings.ReadData(parsed.GetValue(data)), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool overwrite, DataFolder data, TimeProvider time, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && !overwrite) throw new CommandException($"{path} is there already: name another file, or say --overwrite.");
        if (Directory.Exists(path)) throw new CommandException($"{path} is a folder: name a file.");
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } parent && Directory.Exists(parent) ? parent : throw new CommandException($"There is no folder for {path}.");
        if (!data.HasPlatform) throw new CommandException($"There is no platform in {data.Path}.");

        // Beside the file, so that it is the same disk.
        var work = Directory.CreateDirectory(Path.Combine(folder, $".carto-backup-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var archive = Path.Combine(work.FullName, "archive");
            await WriteAsync(archive, work.FullName, data, time, cancellationToken);
            await BackupArchive.ReadAsync(archive, Directory.CreateDirectory(Path.Combine(work.FullName, "read-back")).FullName, cancellationToken);
            File.Move(archive, path, overwrite);
        }
        finally
        {
            work.Delete(recursive: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Saved to {path} ({new FileInfo(path).Length / 1e6:N1} MB), and read back. It holds every secret of the platform."));
        return ExitCodes.Success;
    }

    private static async Task WriteAsync(string archive, string work, DataFolder data, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var database = await OpenedDatabase.OpenAsync(data, new LineReport(), time, cancellationToken);
        var tool = PostgresTool.Of(data, database.Connections);
        var files = BackupContent.Files(data).ToList();
        foreach (var name in BackupContent.Databases)
        {
            var dump = Path.Combine(work, name);
            await using (var output = File.Create(dump))
                await tool.RunAsync("pg_dump", name, ["--format=custom", "--no-password", name], null, output, cancellationToken);
            // Every row is read once more, before anybody relies on it.
            await using (var input = File.OpenRead(dump))
                await tool.RunAsync("pg_restore", name, ["--file=-"], input, null, cancellationToken);
            files.Add((BackupContent.DumpOf(name), dump));
        }

        await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Connections.Admin("postgres")) { Pooling = false }.ConnectionString);
        var roles = await OtherRoles.ReadAsync(admin, data.Secrets(), cancellationToken);
        await using var version = admin.CreateCommand("SELECT current_setting('server_version_num')::int / 10000");
        var major = (int)(await version.ExecuteScalarAsync(cancellationToken) ?? 0);
        await BackupArchive.WriteAsync(
            archive,
            entries => new BackupManifest
            {
                Format = BackupManifest.CurrentFormat,
                Version = ProductVersion.Current,
                CreatedAt = time.GetUtcNow(),
                PostgresMajor = major,
                Entries = entries,
                Roles = roles,
            },
            files,
            cancellationToken);
    }
}
