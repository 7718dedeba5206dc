using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using CartoPlatform.Cli.Checks;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Secrets;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Checks;

public sealed class SupportBundleTests : IDisposable
{
    private readonly string _folder = TestFolder.Create();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Bundle_has_what_helps_and_no_secret_in_any_form()
    {
        var data = new DataFolder(Path.Combine(_folder, "data"));
        data.Create();
        var secrets = new SecretFolder(data.Path);
        var (password, key) = (secrets.Password("postgres-owner"), secrets.Key("tokens-signing-key"));
        const string Token = "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJl";
        await File.WriteAllTextAsync(
            Path.Combine(data.Logs, "edge.log"),
            $"""
            cannot reach Host=x;Username=carto_owner;Password={password};Database=carto_dw
            key {key}, in a URL {Uri.EscapeDataString(key)}
            GET /v3/maps?access_token={Token}
            Authorization: Bearer {Token}
            Password=somebody-elses;Pooling=true
            postgresql://me:also-secret@db.example.org/x
            the tile 4/8/5 took 3 s
            """);
        var bundle = Path.Combine(_folder, "bundle.tar.gz");

        await new SupportBundle(new PlatformSettings(data, 1, IPAddress.Loopback)).WriteAsync(bundle, CancellationToken.None);

        var entries = Read(bundle);
        Assert.Contains("carto-support/doctor.txt", entries.Keys);
        Assert.Contains("the tile 4/8/5 took 3 s", entries["carto-support/logs/edge.log"], StringComparison.Ordinal);
        Assert.DoesNotContain(entries.Keys, name => name.Contains("secrets", StringComparison.Ordinal));
        Assert.All(entries.Values, text => Assert.All(
            [password, key, Uri.EscapeDataString(key), Token, "somebody-elses", "also-secret"],
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bundle));
    }

    [Fact]
    public async Task Long_log_gives_its_end_and_folder_of_nothing_a_bundle()
    {
        var data = new DataFolder(Path.Combine(_folder, "data"));
        data.Create();
        await File.WriteAllTextAsync(Path.Combine(data.Logs, "worker.log"), new string('x', 5_000_000) + "\nthe end");
        var bundle = Path.Combine(_folder, "bundle.tar.gz");

        await new SupportBundle(new PlatformSettings(data, 1, IPAddress.Loopback)).WriteAsync(bundle, CancellationToken.None);
        await new SupportBundle(new PlatformSettings(new DataFolder(Path.Combine(_folder, "none")), 1, IPAddress.Loopback)).WriteAsync(bundle + "2", CancellationToken.None);

        var log = Read(bundle)["carto-support/logs/worker.log"];
        Assert.EndsWith("the end", log, StringComparison.Ordinal);
        Assert.InRange(log.Length, 1_000_000, 2_200_000);
        Assert.NotEmpty(Read(bundle + "2"));
    }

    private static Dictionary<string, string> Read(string bundle)
    {
        var entries = new Dictionary<string, string>();
        using var tar = new TarReader(new GZipStream(File.OpenRead(bundle), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            entries[entry.Name] = reader.ReadToEnd();
        }

        return entries;
    }
}
