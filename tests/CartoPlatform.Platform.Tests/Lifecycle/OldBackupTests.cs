using System.Security.Cryptography;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>A backup that an older version made: its schema is brought up to date, and what was in it stays.</summary>
public sealed class OldBackupTests
{
    private const int OldVersion = 7;

    [Fact]
    public async Task Backup_of_an_older_schema_is_restored_and_migrated()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var status = await platform.UpAsync("--no-sample");
        var file = Path.Combine(Path.GetDirectoryName(platform.DataFolder)!, "old.backup");
        await using (var metadata = MetadataAccess.Open(status)) await MakeOldAsync(metadata);
        var saved = await platform.RunAsync("backup", file);
        Assert.True(saved.ExitCode == 0, saved.ToString());
        Assert.Equal(0, (await platform.DownAsync()).ExitCode);

        var restored = await platform.RunAsync("restore", file);
        Assert.True(restored.ExitCode == 0, restored.ToString());
        var again = await platform.UpAsync("--no-sample");

        await using var now = MetadataAccess.Open(again);
        Assert.Equal(Migrations().Count, (int)await now.ScalarAsync<long>("SELECT count(*) FROM platform.migrations"));
        Assert.Equal(1, await now.ScalarAsync<long>("SELECT count(*) FROM platform.tokens WHERE name = 'of the old version' AND limits IS NULL"));
        using var client = TestPlatform.CreateClient(again);
        Assert.Contains("of the old version", await client.GetStringAsync(new Uri("/v3/tokens", UriKind.Relative)), StringComparison.Ordinal);
    }

    // The very files that the old version had: what was released is never edited.
    private static async Task MakeOldAsync(NpgsqlDataSource metadata)
    {
        await metadata.ExecuteAsync("""
            DROP SCHEMA platform CASCADE;
            CREATE SCHEMA platform;
            CREATE TABLE platform.migrations (version int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
            """);
        foreach (var (version, path) in Migrations().Where(migration => migration.Version <= OldVersion))
        {
            await metadata.ExecuteAsync(await File.ReadAllTextAsync(path));
            var checksum = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path)));
            await metadata.ExecuteAsync($"INSERT INTO platform.migrations (version, name, checksum) VALUES ({version}, '{Path.GetFileNameWithoutExtension(path)}', '{checksum}')");
        }

        await metadata.ExecuteAsync("""
            WITH account AS (INSERT INTO platform.accounts (name) VALUES ('Old') RETURNING id)
            INSERT INTO platform.tokens (id, account_id, kind, name, grants, allowed_apis, created_at)
            SELECT gen_random_uuid(), id, 'api', 'of the old version', '[{"connectionName":"carto_dw","source":"*"}]', '{sql}', now() FROM account
            """);
    }

    private static List<(int Version, string Path)> Migrations() =>
        [.. Directory.EnumerateFiles(Repository.PathOf("src", "CartoPlatform.WorkspaceApi", "Migrations"), "*.sql").Order(StringComparer.Ordinal)
            .Select(path => (int.Parse(Path.GetFileName(path).AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture), path))];
}
