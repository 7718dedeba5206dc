using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CartoPlatform.Cli.Platforms;

namespace CartoPlatform.Cli.Checks;

/// <summary>
/// What helps somebody else to find out what is wrong, in one file: the examination, what runs, and the ends of the logs. Secrets are
/// taken out of every text, values of users' tables and statements out of the database's log; no file of secrets is taken in.
/// </summary>
internal sealed class SupportBundle(PlatformSettings settings)
{
    private const int LogTailBytes = 2 * 1024 * 1024;

    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        var cleaning = SecretCleaning.Of(settings.Data);
        var unfinished = path + ".new";
        await using (var file = new FileStream(unfinished, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        await using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        await using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, text) in await ContentsAsync(cancellationToken))
            {
                using var content = new MemoryStream(Encoding.UTF8.GetBytes(cleaning.Clean(text)));
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, $"carto-support/{name}") { DataStream = content }, cancellationToken);
            }
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private async Task<IReadOnlyList<(string Name, string Text)>> ContentsAsync(CancellationToken cancellationToken)
    {
        var checks = new StringBuilder();
        await foreach (var check in Examination.RunAsync(settings, cancellationToken)) checks.Append(check).Append('\n');
        var contents = new List<(string, string)>
        {
            ("doctor.txt", checks.ToString()),
            ("version.txt", $"CartoPlatform {ProductVersion.Current}\n{System.Runtime.InteropServices.RuntimeInformation.OSDescription}\n{System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}\n{Environment.ProcessorCount} processors\n"),
            ("dependencies.json", (await PlatformStatus.AskAsync(settings.Data, cancellationToken)).Dependencies?.ToJsonString() ?? "{}"),
        };
        if (File.Exists(settings.Data.RunFile)) contents.Add(("run.json", await File.ReadAllTextAsync(settings.Data.RunFile, cancellationToken)));
        foreach (var log in Logs()) contents.Add(($"logs/{Path.GetFileName(log)}", await TailAsync(log, cancellationToken)));
        var database = Path.Combine(settings.Data.Path, "postgres", "server.log");
        if (File.Exists(database)) contents.Add(("logs/server.log", DatabaseLogCleaning.Clean(await TailAsync(database, cancellationToken))));
        return contents;
    }

    private IEnumerable<string> Logs() =>
        Directory.Exists(settings.Data.Logs) ? Directory.EnumerateFiles(settings.Data.Logs).Order(StringComparer.Ordinal) : [];

    private static async Task<string> TailAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(0, stream.Length - LogTailBytes);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
