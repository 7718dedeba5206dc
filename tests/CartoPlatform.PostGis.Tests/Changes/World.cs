using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Changes;

/// <summary>A relation of each kind, made anew for a test and gone after it.</summary>
internal sealed class World : IAsyncDisposable
{
    private const string Tables = """
        CREATE TABLE t (id int); INSERT INTO t VALUES (1);
        CREATE TABLE parent (id int) PARTITION BY RANGE (id); CREATE TABLE part_1 PARTITION OF parent FOR VALUES FROM (0) TO (10);
        CREATE TABLE base (id int);
        CREATE TABLE key (id int PRIMARY KEY); INSERT INTO key VALUES (1);
        CREATE TABLE child (id int REFERENCES key ON DELETE CASCADE ON UPDATE CASCADE); INSERT INTO child VALUES (1);
        CREATE MATERIALIZED VIEW mv AS SELECT 1 AS id; CREATE UNIQUE INDEX ON mv (id);
        CREATE VIEW v AS SELECT 1 AS id;
        CREATE VIEW updatable AS SELECT id FROM t;
        CREATE UNLOGGED TABLE quick (id int);
        CREATE TABLE "Odd ""name'; --" (id int);
        CREATE TABLE a23456789_123456789_123456789_123456789_123456789_123456789_123 (id int);
        CREATE SCHEMA later; CREATE TABLE later.t (id int);
        CREATE TYPE mood AS ENUM ('glad');
        """;

    private readonly PostGisFixture _database;

    private World(PostGisFixture database) => _database = database;

    public static async Task<World> CreateAsync(PostGisFixture database)
    {
        await database.ExecuteAsync(Tables);
        return new World(database);
    }

    public Task ExecuteAsync(string sql) => _database.ExecuteAsync(sql);

    /// <summary>As the platform does, on the login that can only read.</summary>
    public async Task FoldAsync()
    {
        await using var command = _database.Reader.CreateCommand("SET transaction_read_only = off; SELECT carto.fold()");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The same for the roles that are read with.</summary>
    public async Task NoticeRolesAsync(params string[] names)
    {
        await using var connection = await _database.Reader.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"SET TRANSACTION READ WRITE; SELECT carto.notice_roles('{{{string.Join(',', names)}}}')", connection, transaction);
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public async Task<RelationVersion> VersionAsync(string relation)
    {
        await using var command = _database.Owner.CreateCommand("SELECT $1::regclass::oid");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = relation });
        return await VersionAsync((uint)(await command.ExecuteScalarAsync())!);
    }

    public async Task<RelationVersion> VersionAsync(uint oid)
    {
        await using var command = _database.Reader.CreateCommand("SELECT version, is_watched FROM carto.versions(ARRAY[$1])");
        command.Parameters.Add(new NpgsqlParameter { Value = oid, DataTypeName = "oid" });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new RelationVersion(oid, reader.GetInt64(0), reader.GetBoolean(1));
    }

    public async ValueTask DisposeAsync() => await _database.ExecuteAsync("""
        DROP SCHEMA IF EXISTS later, s2 CASCADE;
        DO $$
        DECLARE drop_it text;
        BEGIN
            FOR drop_it IN
                SELECT format('DROP %s IF EXISTS %I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, relname)
                FROM pg_class c WHERE relkind IN ('r', 'p', 'v', 'm') AND pg_get_userbyid(relowner) = current_user
            LOOP
                EXECUTE drop_it;
            END LOOP;
        END $$;
        DROP TYPE IF EXISTS mood;
        DROP FUNCTION IF EXISTS f();
        """);
}

internal sealed record RelationVersion(uint Oid, long Version, bool IsWatched);
