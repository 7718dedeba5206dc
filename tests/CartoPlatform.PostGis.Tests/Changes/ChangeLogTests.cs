using System.Globalization;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Changes;

/// <summary>Every way in which what a relation shows can change moves its version, and nothing else does.</summary>
public sealed class ChangeLogTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    private const string Name63 = "a23456789_123456789_123456789_123456789_123456789_123456789_123";

    [Theory]
    [InlineData("t", "INSERT INTO t VALUES (1)")]
    [InlineData("t", "UPDATE t SET id = 3")]
    [InlineData("t", "DELETE FROM t")]
    [InlineData("t", "TRUNCATE t")]
    [InlineData("t", "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING")]
    [InlineData("t", "MERGE INTO t USING (VALUES (7)) AS v(id) ON t.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id)")]
    [InlineData("t", "WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone")]
    [InlineData("t", "DO $$ BEGIN INSERT INTO t VALUES (1); END $$")]
    [InlineData("t", "ALTER TABLE t ADD COLUMN more int DEFAULT 7")]
    [InlineData("t", "DROP VIEW updatable; ALTER TABLE t ALTER COLUMN id TYPE bigint")]
    [InlineData("t", "ALTER TABLE t RENAME TO other")]
    [InlineData("t", "ALTER TABLE t RENAME COLUMN id TO number")]
    [InlineData("t", "ALTER TABLE t DISABLE TRIGGER ALL")]
    [InlineData("t", "DROP TABLE t CASCADE")]
    [InlineData("parent", "INSERT INTO parent VALUES (1)")]
    [InlineData("part_1", "INSERT INTO part_1 VALUES (1)")]
    [InlineData("parent", "TRUNCATE parent")]
    [InlineData("part_1", "TRUNCATE parent")]
    [InlineData("parent", "CREATE TABLE part_2 PARTITION OF parent FOR VALUES FROM (10) TO (20)")]
    [InlineData("parent", "ALTER TABLE parent DETACH PARTITION part_1")]
    [InlineData("parent", "CREATE TABLE fresh (id int); ALTER TABLE parent ATTACH PARTITION fresh FOR VALUES FROM (10) TO (20)")]
    [InlineData("part_1", "DROP TABLE part_1")]
    [InlineData("base", "CREATE TABLE heir () INHERITS (base)")]
    [InlineData("base", "CREATE TABLE heir (id int); ALTER TABLE heir INHERIT base")]
    [InlineData("child", "DELETE FROM key WHERE id = 1")]
    [InlineData("child", "UPDATE key SET id = 5 WHERE id = 1")]
    [InlineData("mv", "REFRESH MATERIALIZED VIEW mv")]
    [InlineData("mv", "REFRESH MATERIALIZED VIEW CONCURRENTLY mv")]
    [InlineData("v", "CREATE OR REPLACE VIEW v AS SELECT 2 AS id")]
    [InlineData("v", "DROP VIEW v")]
    [InlineData("t", "UPDATE updatable SET id = 4")]
    [InlineData("quick", "INSERT INTO quick VALUES (1)")]
    [InlineData("\"Odd \"\"name'; --\"", "INSERT INTO \"Odd \"\"name'; --\" VALUES (1)")]
    [InlineData(Name63, "INSERT INTO " + Name63 + " VALUES (1)")]
    [InlineData("later.t", "INSERT INTO later.t VALUES (1)")]
    public async Task Change_moves_the_version(string relation, string sql)
    {
        await using var world = await World.CreateAsync(database);
        var before = await world.VersionAsync(relation);
        await world.ExecuteAsync(sql);
        Assert.NotEqual(before.Version, (await world.VersionAsync(before.Oid)).Version);
        Assert.True(before.IsWatched);
    }

    [Theory]
    [InlineData("t", "SELECT * FROM t")]
    [InlineData("t", "INSERT INTO quick VALUES (1)")]
    [InlineData("t", "CREATE TEMP TABLE passing (id int); INSERT INTO passing SELECT * FROM t; DROP TABLE passing")]
    [InlineData("t", "ANALYZE t")]
    [InlineData("t", "CREATE INDEX ON t (id); COMMENT ON TABLE t IS 'x'")]
    [InlineData("t", "CREATE TABLE unrelated (id int); DROP TABLE unrelated")]
    [InlineData("t", "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER own AFTER INSERT ON t EXECUTE FUNCTION nothing(); DROP TRIGGER own ON t")]
    public async Task Anything_else_leaves_the_version(string relation, string sql)
    {
        await using var world = await World.CreateAsync(database);
        var before = await world.VersionAsync(relation);
        await world.ExecuteAsync(sql);
        Assert.Equal(before, await world.VersionAsync(before.Oid));
    }

    [Theory]
    [InlineData("GRANT {0} TO {1}")]
    [InlineData("GRANT {2} TO {0}")]
    [InlineData("REVOKE {0} FROM {3}")]
    [InlineData("ALTER ROLE {1} NOLOGIN")]
    [InlineData("ALTER ROLE {0} BYPASSRLS")]
    [InlineData("ALTER ROLE {1} SET app.tenant = 'south'")]
    [InlineData("ALTER ROLE {1} IN DATABASE {4} SET app.tenant = 'south'")]
    [InlineData("REVOKE CONNECT ON DATABASE {4} FROM PUBLIC")]
    [InlineData("DROP ROLE {3}")]
    public async Task What_a_role_that_is_read_with_may_counts_for_everything_from_the_next_look_on(string sql)
    {
        await using var world = await World.CreateAsync(database);
        await using var server = NpgsqlDataSource.Create(database.AdminConnectionString);
        var id = Guid.NewGuid().ToString("N");
        var (group, reader, other, member, foreign) = ($"group_{id}", $"reader_{id}", $"other_{id}", $"member_{id}", $"foreign_{id}");
        await ExecuteAsync($"CREATE ROLE {group}; CREATE ROLE {reader} LOGIN; CREATE ROLE {other}; CREATE ROLE {member} LOGIN; CREATE ROLE {foreign}; GRANT {group} TO {member}");
        try
        {
            await world.NoticeRolesAsync(reader, member);
            var before = await world.VersionAsync(0);
            await ExecuteAsync($"ALTER ROLE {foreign} LOGIN; GRANT {other} TO {foreign}; ALTER ROLE {reader} PASSWORD 'new'");
            await world.NoticeRolesAsync(reader, member, foreign);
            Assert.Equal(before, await world.VersionAsync(0));

            await ExecuteAsync(string.Format(CultureInfo.InvariantCulture, sql, group, reader, other, member, server.CreateConnection().Database));
            await world.NoticeRolesAsync(reader, member);
            var after = await world.VersionAsync(0);
            Assert.Equal(before.Version + 1, after.Version);
            await world.NoticeRolesAsync(reader, member);
            Assert.Equal(after, await world.VersionAsync(0));
        }
        finally
        {
            await ExecuteAsync($"DROP ROLE IF EXISTS {group}, {reader}, {other}, {member}, {foreign}; GRANT CONNECT ON DATABASE {server.CreateConnection().Database} TO PUBLIC");
        }

        async Task ExecuteAsync(string text)
        {
            await using var command = server.CreateCommand(text);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Theory]
    [InlineData(0, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    [InlineData(0, "ALTER TYPE mood RENAME VALUE 'glad' TO 'merry'")]
    [InlineData(0, "CREATE POLICY p ON t USING (true)")]
    [InlineData(0, "REVOKE SELECT ON t FROM PUBLIC")]
    [InlineData(0, "DROP TRIGGER carto_change ON t")]
    [InlineData(0, "DROP TRIGGER carto_change_replica ON t")]
    [InlineData(1, "CREATE TABLE anew (id int)")]
    [InlineData(1, "CREATE TABLE anew AS SELECT 1 AS id")]
    [InlineData(1, "SELECT 1 AS id INTO anew")]
    [InlineData(1, "DROP VIEW v")]
    [InlineData(1, "ALTER TABLE t RENAME TO quicker")]
    [InlineData(2, "ALTER TABLE t RENAME TO quicker")]
    public async Task Change_of_the_catalogue_moves_its_version(int part, string sql)
    {
        await using var world = await World.CreateAsync(database);
        var before = await world.VersionAsync((uint)part);
        await world.ExecuteAsync(sql);
        Assert.NotEqual(before, await world.VersionAsync((uint)part));
    }

    [Fact]
    public async Task Tables_made_in_any_way_are_watched()
    {
        await using var world = await World.CreateAsync(database);
        await world.ExecuteAsync("""
            CREATE TABLE a AS SELECT 1 AS id; SELECT 1 AS id INTO b; CREATE TABLE c (LIKE t INCLUDING ALL); CREATE SCHEMA s2 CREATE TABLE d (id serial);
            """);
        foreach (var name in (string[])["a", "b", "c", "s2.d", "part_1", "parent", "later.t"]) Assert.True((await world.VersionAsync(name)).IsWatched);
    }

    [Fact]
    public async Task Table_whose_triggers_are_off_is_not_watched()
    {
        await using var world = await World.CreateAsync(database);
        await world.ExecuteAsync("ALTER TABLE t DISABLE TRIGGER USER");
        Assert.False((await world.VersionAsync("t")).IsWatched);
    }

    [Theory]
    [InlineData("DISABLE TRIGGER ALL", "ENABLE TRIGGER ALL")]
    [InlineData("DISABLE TRIGGER USER", "ENABLE TRIGGER USER")]
    [InlineData("ENABLE REPLICA TRIGGER carto_change", "ENABLE TRIGGER carto_change")]
    [InlineData("ENABLE ALWAYS TRIGGER carto_change_replica", "ENABLE ALWAYS TRIGGER carto_change")]
    public async Task Table_whose_triggers_are_on_again_is_watched_as_before(string off, string on)
    {
        await using var world = await World.CreateAsync(database);
        foreach (var table in (string[])["t", "part_1"])
        {
            await world.ExecuteAsync($"ALTER TABLE {table} {off}; INSERT INTO {table} VALUES (5); ALTER TABLE {table} {on}");
            var before = await world.VersionAsync(table);
            Assert.True(before.IsWatched);
            // Once, and not for each row too.
            await world.ExecuteAsync($"INSERT INTO {table} SELECT 6 FROM generate_series(1, 3)");
            Assert.Equal(before.Version + 1, (await world.VersionAsync(table)).Version);
        }
    }

    [Fact]
    public async Task Rows_that_replication_applies_are_seen()
    {
        await using var world = await World.CreateAsync(database);
        var before = await world.VersionAsync("t");
        await using (var admin = NpgsqlDataSource.Create(database.AdminConnectionString + ";Pooling=false"))
        await using (var command = admin.CreateCommand("SET session_replication_role = replica; INSERT INTO public.t SELECT generate_series(1, 1000)"))
            await command.ExecuteNonQueryAsync();
        Assert.InRange((await world.VersionAsync("t")).Version, before.Version + 1, before.Version + 2);
    }

    [Fact]
    public async Task Copy_moves_the_version()
    {
        await using var world = await World.CreateAsync(database);
        var before = await world.VersionAsync("t");
        await using (var connection = await database.Owner.OpenConnectionAsync())
        await using (var copy = await connection.BeginTextImportAsync("COPY t FROM STDIN")) await copy.WriteAsync("1\n2\n");
        Assert.NotEqual(before, await world.VersionAsync("t"));
    }

    [Fact]
    public async Task Version_moves_with_the_commit_not_before_and_not_after_a_rollback()
    {
        await using var world = await World.CreateAsync(database);
        var before = await world.VersionAsync("t");
        await using var connection = await database.Owner.OpenConnectionAsync();
        await using (var lost = await connection.BeginTransactionAsync())
        {
            await RunAsync(connection, "INSERT INTO t VALUES (1)");
            await lost.RollbackAsync();
        }

        Assert.Equal(before, await world.VersionAsync("t"));
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, "INSERT INTO t VALUES (1); SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s");
        await world.ExecuteAsync("INSERT INTO quick VALUES (1)");
        await world.FoldAsync();
        Assert.Equal(before, await world.VersionAsync("t"));
        await transaction.CommitAsync();
        Assert.Equal(before.Version + 1, (await world.VersionAsync("t")).Version);
    }

    [Fact]
    public async Task Folding_changes_no_version_whatever_runs_meanwhile()
    {
        await using var world = await World.CreateAsync(database);
        await using var connection = await database.Owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(connection, "SELECT carto.fold(); INSERT INTO t VALUES (1)");
        await world.ExecuteAsync("INSERT INTO t VALUES (2)");
        var before = await world.VersionAsync("t");
        await world.FoldAsync();
        Assert.Equal(before, await world.VersionAsync("t"));
        await transaction.CommitAsync();
        Assert.Equal(before.Version + 1, (await world.VersionAsync("t")).Version);
        await world.FoldAsync();
        await world.FoldAsync();
        Assert.Equal(before.Version + 1, (await world.VersionAsync("t")).Version);
    }

    [Fact]
    public async Task Writers_do_not_wait_for_each_other()
    {
        await using var world = await World.CreateAsync(database);
        await using var first = await database.Owner.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        await RunAsync(first, "INSERT INTO t VALUES (1)");
        await using var fold = await database.Owner.OpenConnectionAsync();
        await using var folding = await fold.BeginTransactionAsync();
        await RunAsync(fold, "SELECT carto.fold()");
        await world.ExecuteAsync("SET lock_timeout = '1ms'; INSERT INTO t VALUES (2); RESET lock_timeout");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
