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
        const string Ring = "2:c2Vjb25kLWtleS1vZi10aGUtcmluZw==";
        await File.WriteAllTextAsync(Path.Combine(data.Path, "secrets", "ring"), $"1:Zmlyc3Q=\n{Ring}\n");
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
            redis://:nameless-secret@redis.example.org, PGPASSWORD=of-a-variable, client_secret=of-a-client&x=1
            body {"{"} "password" : "in \"json\" secret", "user": "carto_owner" {"}"}
            body of a body {"{"}\"api_key\":\"nested-secret\",\"rows\":5{"}"}
            Password="quoted ""twice"" secret";Timeout=5
            Cookie: theme=dark; session=of-a-session
            authorization: Basic b2YtYS1jYWxsZXI=
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49
            -----END EC PRIVATE KEY-----
            key in JSON {System.Text.Json.JsonEncodedText.Encode(key)}, ring's second {Ring}
            the tile 4/8/5 took 3 s
            """);
        var bundle = Path.Combine(_folder, "bundle.tar.gz");

        await new SupportBundle(new PlatformSettings(data, 1, IPAddress.Loopback)).WriteAsync(bundle, CancellationToken.None);

        var entries = Read(bundle);
        Assert.Contains("carto-support/doctor.txt", entries.Keys);
        Assert.Contains("the tile 4/8/5 took 3 s", entries["carto-support/logs/edge.log"], StringComparison.Ordinal);
        Assert.Contains("\\\"rows\\\":5", entries["carto-support/logs/edge.log"], StringComparison.Ordinal);
        Assert.Contains("Timeout=5", entries["carto-support/logs/edge.log"], StringComparison.Ordinal);
        Assert.DoesNotContain(entries.Keys, name => name.Contains("secrets", StringComparison.Ordinal));
        Assert.All(entries.Values, text => Assert.All(
            [
                password, key, Uri.EscapeDataString(key), System.Text.Json.JsonEncodedText.Encode(key).ToString(), Token, "somebody-elses", "also-secret", "nameless-secret",
                "of-a-variable", "of-a-client", "json\\\" secret", "nested-secret", "twice", "of-a-session", "b2YtYS1jYWxsZXI", "MHcCAQEE", "1aY/Puo", "c2Vjb25kLWtleQ", Ring,
            ],
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
