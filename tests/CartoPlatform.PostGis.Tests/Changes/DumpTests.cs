using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Changes;

/// <summary>The owner of a watched database saves and restores it with PostgreSQL's own tools, by the very lines of docs/operations/backup.md.</summary>
public sealed class DumpTests(PostGisFixture watched) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly PostGisFixture _other = new();
    private readonly string _folder = TestFolder.Create();

    public async Task InitializeAsync()
    {
        await _other.InitializeAsync();
        await watched.ExecuteAsync("""
            DROP SCHEMA IF EXISTS mine CASCADE;
            CREATE SCHEMA mine;
            CREATE TABLE mine.stores (id int PRIMARY KEY, geom geometry(Point, 4326));
            INSERT INTO mine.stores SELECT i, ST_SetSRID(ST_MakePoint(i, i), 4326) FROM generate_series(1, 7) AS i;
            CREATE TABLE mine.sales (id int) PARTITION BY RANGE (id);
            CREATE TABLE mine.sales_1 PARTITION OF mine.sales FOR VALUES FROM (0) TO (10);
            INSERT INTO mine.sales VALUES (1), (2);
            CREATE VIEW mine.seen AS SELECT s.id, ST_X(s.geom) AS x FROM mine.stores s;
            """);
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Owner_restores_into_another_watched_database_and_its_tables_are_watched_there()
    {
        await RestoreAsync(_other.OwnerConnectionString);

        Assert.Equal(7 + 2, await CountAsync(_other.Owner));
        Assert.Equal(3L, await ScalarAsync(_other.Reader, "SELECT count(*) FROM carto.versions(ARRAY['mine.stores', 'mine.sales', 'mine.sales_1']::regclass[]::oid[]) WHERE is_watched"));
    }

    [Fact]
    public async Task Owner_restores_into_a_database_that_nobody_watches()
    {
        var owner = new NpgsqlConnectionStringBuilder(_other.OwnerConnectionString);
        var plain = $"{_other.DatabaseName}_plain";
        await using var admin = NpgsqlDataSource.Create(_other.AdminConnectionString);
        await ScalarAsync(admin, $"CREATE DATABASE {plain} OWNER {owner.Username} TEMPLATE template0");
        try
        {
            await using (var inside = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_other.AdminConnectionString) { Database = plain, Pooling = false }))
                await ScalarAsync(inside, "CREATE EXTENSION postgis");
            owner.Database = plain;
            owner.Pooling = false;

            await RestoreAsync(owner.ConnectionString);

            await using var restored = NpgsqlDataSource.Create(owner);
            Assert.Equal(7 + 2, await CountAsync(restored));
            Assert.Equal(0L, await ScalarAsync(restored, "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"));
        }
        finally
        {
            await ScalarAsync(admin, $"DROP DATABASE {plain} WITH (FORCE)");
        }
    }

    private async Task RestoreAsync(string to)
    {
        var lines = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/operations/backup.md"));
        lines = lines[lines.IndexOf("## A dump of your own", StringComparison.Ordinal)..].Split("```sh\n")[1].Split("```")[0];
        var tools = (await PostgresInstallations.FindAsync(CancellationToken.None))[0].Tool("");
        var run = await Command.RunAsync("bash", ["-euo", "pipefail", "-c", $"cd '{_folder}'\n{lines}"], Limit, new Dictionary<string, string>
        {
            ["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}",
            ["FROM"] = Url(watched.OwnerConnectionString),
            ["TO"] = Url(to),
        });
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database) =>
        (long)(await ScalarAsync(database, "SELECT (SELECT count(*) FROM mine.seen) + (SELECT count(*) FROM mine.sales)"))!;

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static string Url(string connectionString)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"postgresql://{parts.Username}:{Uri.EscapeDataString(parts.Password ?? "")}@{parts.Host}:{parts.Port}/{parts.Database}";
    }
}
