using CartoPlatform.PostGis.Metadata;
using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Metadata;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Tests.Metadata;

public sealed class MigrationRunnerTests(PostGisFixture database) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private static readonly Migration First = new(1, "0001_first", "CREATE TABLE platform.first (id int PRIMARY KEY)");
    private static readonly Migration Second = new(2, "0002_second", "CREATE TABLE platform.second (id int REFERENCES platform.first)");
    private static readonly Migration Third = new(3, "0003_third", "ALTER TABLE platform.second ADD name text");

    public Task InitializeAsync() => database.ExecuteAsync("DROP SCHEMA IF EXISTS platform CASCADE");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Shipped_migrations_make_the_schema_and_are_numbered_without_gaps()
    {
        await RunAsync(Migration.All);

        Assert.Equal(Enumerable.Range(1, Migration.All.Count), Migration.All.Select(migration => migration.Version));
        Assert.Equal(
            ["accounts", "activity", "activity_batches", "audit", "connections", "group_members", "groups", "jobs", "map_definitions", "map_groups", "map_tokens", "maps", "migrations", "named_sources", "oauth_access_tokens", "oauth_authorizations", "oauth_clients", "oauth_codes", "oauth_keys", "oauth_refresh_tokens", "sessions", "tokens", "usage", "users"],
            await ListAsync("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'platform' ORDER BY 1"));
    }

    [Fact]
    public async Task Second_run_applies_nothing()
    {
        await RunAsync([First, Second]);
        var before = await ListAsync("SELECT name || applied_at FROM platform.migrations ORDER BY 1");

        await RunAsync([First, Second]);

        Assert.Equal(before, await ListAsync("SELECT name || applied_at FROM platform.migrations ORDER BY 1"));
    }

    [Fact]
    public async Task New_version_applies_what_is_missing()
    {
        await RunAsync([First]);

        await RunAsync([First, Second, Third]);

        Assert.Equal(["0001_first", "0002_second", "0003_third"], await HistoryAsync());
    }

    [Fact]
    public async Task Replicas_that_start_together_apply_each_step_once()
    {
        var slow = Second with { Sql = Second.Sql + "; SELECT pg_sleep(0.2)" };

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => RunAsync([First, slow, Third]))));

        Assert.Equal(["0001_first", "0002_second", "0003_third"], await HistoryAsync());
    }

    [Fact]
    public async Task Older_version_starts_on_a_newer_schema()
    {
        await RunAsync([First, Second, Third]);

        await RunAsync([First, Second]);

        Assert.Equal(["0001_first", "0002_second", "0003_third"], await HistoryAsync());
    }

    [Fact]
    public async Task Statements_of_the_first_version_still_run()
    {
        await RunAsync(Migration.All);

        // As they were released with the first two migrations: during an upgrade a process of before still sends them.
        await database.ExecuteAsync("""
            INSERT INTO platform.accounts (name) VALUES ('default');
            INSERT INTO platform.tokens (id, account_id, kind, name, grants, allowed_apis, referers, created_at, expires_at)
            SELECT gen_random_uuid(), id, 'owner', 'owner', '[{"connectionName":"*","source":"*"}]', '{sql,maps}', '{}', now(), NULL FROM platform.accounts;
            INSERT INTO platform.connections (id, account_id, name, provider_id, sealed_credentials)
            SELECT gen_random_uuid(), id, 'carto_dw', 'postgres', 'x' FROM platform.accounts;
            UPDATE platform.connections SET sealed_credentials = 'y', revision = revision + 1, updated_at = now();
            UPDATE platform.tokens SET revoked_at = now() WHERE kind = 'owner' AND revoked_at IS NULL;
            INSERT INTO platform.map_definitions (id, definition) VALUES ('a', '{}') ON CONFLICT (id) DO NOTHING;
            """);
    }

    [Fact]
    public void Migrations_only_add() => Assert.All(
        Migration.All,
        migration => Assert.DoesNotMatch(@"(?i)\b(DROP\s+(TABLE|COLUMN|TYPE|SCHEMA)|RENAME|ALTER\s+COLUMN\s+\w+\s+(TYPE|SET\s+NOT\s+NULL))\b", migration.Sql));

    [Fact]
    public async Task Edited_migration_is_a_clear_failure_and_changes_nothing()
    {
        await RunAsync([First]);
        var edited = First with { Sql = First.Sql + " -- edited" };

        var failure = await Assert.ThrowsAsync<MigrationException>(() => RunAsync([new Migration(1, edited.Name, edited.Sql), Second]));

        Assert.Contains("0001_first was applied to the metadata database with other content", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["0001_first"], await HistoryAsync());
    }

    [Fact]
    public async Task Step_that_fails_leaves_nothing_behind_and_can_be_mended()
    {
        var broken = new Migration(2, "0002_second", "CREATE TABLE platform.half (id int); SELECT 1 / 0");

        await Assert.ThrowsAsync<PostgresException>(() => RunAsync([First, broken, Third]));

        Assert.Equal(["0001_first"], await HistoryAsync());
        Assert.Empty(await ListAsync("SELECT 'half' WHERE to_regclass('platform.half') IS NOT NULL"));
        await RunAsync([First, Second, Third]);
        Assert.Equal(["0001_first", "0002_second", "0003_third"], await HistoryAsync());
    }

    [Fact]
    public async Task Step_that_was_left_out_before_a_later_one_is_a_clear_failure()
    {
        await RunAsync([First, Second, Third]);
        await database.ExecuteAsync("DELETE FROM platform.migrations WHERE version = 2");

        var failure = await Assert.ThrowsAsync<MigrationException>(() => RunAsync([First, Second, Third]));

        Assert.Contains("0003_third is in the metadata database, but 0002_second before it is not", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_step_among_known_ones_is_a_clear_failure()
    {
        await RunAsync([First, Second, Third]);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => RunAsync([First, Third]));

        Assert.Contains("0002_second is in the metadata database, but this version does not have it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_waiting_for_another_replica_ends()
    {
        await using var other = await database.Owner.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await PlatformLock.TakeAsync(other, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();

        var waiting = RunAsync([First], cancellation.Token);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("INSERT INTO platform.accounts (name) VALUES ('')")]
    [InlineData("INSERT INTO platform.tokens (id, account_id, kind, grants, allowed_apis, created_at) SELECT gen_random_uuid(), id, 'root', '[]', '{}', now() FROM platform.accounts")]
    [InlineData("INSERT INTO platform.tokens (id, account_id, kind, grants, allowed_apis, created_at) SELECT gen_random_uuid(), id, 'api', '{}', '{}', now() FROM platform.accounts")]
    [InlineData("INSERT INTO platform.tokens (id, account_id, kind, grants, allowed_apis, created_at) SELECT gen_random_uuid(), id, 'api', '[]', '{admin}', now() FROM platform.accounts")]
    [InlineData("INSERT INTO platform.tokens (id, account_id, kind, grants, allowed_apis, created_at, expires_at) SELECT gen_random_uuid(), id, 'api', '[]', '{}', now(), now() FROM platform.accounts")]
    [InlineData("INSERT INTO platform.tokens (id, account_id, kind, grants, allowed_apis, created_at) SELECT gen_random_uuid(), id, 'owner', '[]', '{}', now() FROM platform.accounts, generate_series(1, 2)")]
    [InlineData("INSERT INTO platform.connections (id, account_id, name, provider_id, sealed_credentials) SELECT gen_random_uuid(), id, 'Public', 'postgres', '' FROM platform.accounts")]
    [InlineData("INSERT INTO platform.connections (id, account_id, name, provider_id, sealed_credentials) SELECT gen_random_uuid(), id, 'a/b', 'postgres', '' FROM platform.accounts")]
    [InlineData("INSERT INTO platform.connections (id, account_id, name, provider_id, sealed_credentials) SELECT gen_random_uuid(), id, 'main', 'oracle', '' FROM platform.accounts")]
    [InlineData("INSERT INTO platform.connections (id, account_id, name, provider_id, sealed_credentials) SELECT gen_random_uuid(), id, 'main', 'postgres', '' FROM platform.accounts, generate_series(1, 2)")]
    [InlineData("INSERT INTO platform.map_definitions (id, definition) VALUES ('../x', '{}')")]
    [InlineData("INSERT INTO platform.map_definitions (id, definition) VALUES ('x', repeat('x', 1048577))")]
    public async Task Schema_refuses_what_cannot_be(string sql)
    {
        await RunAsync(Migration.All);
        await database.ExecuteAsync("INSERT INTO platform.accounts (name) VALUES ('organisation')");

        var failure = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql));

        // Class 23: integrity constraint violation.
        Assert.StartsWith("23", failure.SqlState, StringComparison.Ordinal);
    }

    private async Task RunAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken = default)
    {
        await using var metadata = new MetadataDatabase(Options.Create(new MetadataOptions { ConnectionString = database.OwnerConnectionString }));
        await new MigrationRunner(metadata, NullLogger<MigrationRunner>.Instance).RunAsync(migrations, cancellationToken);
    }

    private Task<List<string>> HistoryAsync() => ListAsync("SELECT name FROM platform.migrations ORDER BY version");

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = await database.Owner.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(sql)).AsList();
    }
}
