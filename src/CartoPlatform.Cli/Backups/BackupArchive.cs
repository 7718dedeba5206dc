using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace CartoPlatform.Cli.Backups;

/// <summary>
/// A backup as one file: a tar whose first entry is the manifest and whose others are named, sized and hashed in it. Whoever has the
/// file has the platform, secrets included: it is readable by its owner alone.
/// </summary>
internal static class BackupArchive
{
    private const string ManifestName = "manifest.json";
    private const int MaxManifestBytes = 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="path">Where; nothing must be there.</param>
    /// <param name="describe">Makes the manifest of the entries.</param>
    /// <param name="files">Names in the archive and where their content is.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    public static async Task WriteAsync(
        string path, Func<IReadOnlyList<BackupEntry>, BackupManifest> describe, IReadOnlyList<(string Name, string Path)> files, CancellationToken cancellationToken)
    {
        var entries = new List<BackupEntry>();
        foreach (var (name, file) in files) entries.Add(await HashAsync(name, file, cancellationToken));

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, Options = FileOptions.WriteThrough };
        // Written through: it is renamed next, and the name must not outlive the content.
        await using var stream = new FileStream(path, options);
        await using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            using var manifest = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(describe(entries), BackupJson.Default.BackupManifest));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, ManifestName) { DataStream = manifest, Mode = OwnerOnly }, cancellationToken);
            foreach (var (name, file) in files)
            {
                await using var content = File.OpenRead(file);
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly }, cancellationToken);
            }
        }

    }

    /// <summary>Unpacks the archive into a folder, and fails unless every byte is as the manifest says, and nothing else is there.</summary>
    public static async Task<BackupManifest> ReadAsync(string path, string folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(path);
            await using var tar = new TarReader(stream);
            var manifest = await ReadManifestAsync(tar, path, cancellationToken);
            var expected = manifest.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (!expected.Remove(entry.Name, out var told) || !BackupContent.IsKnown(entry.Name)) throw Refused(path, $"it holds {Printable(entry.Name)}, which its manifest does not name");
                await UnpackAsync(path, entry, told, Path.Combine(folder, told.Name), cancellationToken);
            }

            return expected.Count == 0 ? manifest : throw Refused(path, $"{Printable(expected.Keys.First())} is missing: it was cut off");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or JsonException or ArgumentException)
        {
            throw Refused(path, "it is damaged, cut off, or no backup at all");
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(TarReader tar, string path, CancellationToken cancellationToken)
    {
        var first = await tar.GetNextEntryAsync(copyData: false, cancellationToken);
        if (first is not { Name: ManifestName, EntryType: TarEntryType.RegularFile, Length: > 0 and <= MaxManifestBytes, DataStream: { } content })
            throw Refused(path, "it is no backup of a platform");
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        var manifest = JsonSerializer.Deserialize(bytes.ToArray(), BackupJson.Default.BackupManifest);
        if (manifest is null || manifest.Entries.Any(entry => entry is null || entry.Bytes < 0)) throw Refused(path, "its manifest cannot be read");
        if (manifest.Format != BackupManifest.CurrentFormat)
            throw Refused(path, $"it has format {manifest.Format}, made by version {Printable(manifest.Version)}, and this version reads format {BackupManifest.CurrentFormat}");
        return manifest;
    }

    private static async Task UnpackAsync(string path, TarEntry entry, BackupEntry told, string target, CancellationToken cancellationToken)
    {
        if (entry.EntryType != TarEntryType.RegularFile || entry.Length != told.Bytes) throw Refused(path, $"{Printable(told.Name)} is not what its manifest says");
        // A known name has no parts that lead out of the folder.
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? "");
        await using (var file = new FileStream(target, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            if (entry.DataStream is { } content) await content.CopyToAsync(file, cancellationToken);
        }

        if (await HashAsync(told.Name, target, cancellationToken) != told) throw Refused(path, $"{Printable(told.Name)} is damaged");
    }

    private static async Task<BackupEntry> HashAsync(string name, string file, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(file);
        var hash = await SHA256.HashDataAsync(content, cancellationToken);
        return new BackupEntry(name, content.Length, Convert.ToHexStringLower(hash));
    }

    private static CommandException Refused(string path, string why) => new($"{path} was refused: {why}.");

    private static string Printable(string text) => new([.. text.Take(100).Where(letter => !char.IsControl(letter))]);
}
