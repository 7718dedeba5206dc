using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Tests.Provisioning;

public sealed class DataRightsTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Reader_reads_what_the_owner_makes_in_any_schema()
    {
        await database.ExecuteAsync("CREATE SCHEMA later; CREATE TABLE later.points AS SELECT 1 AS id, ST_Point(1, 2, 4326) AS geom");

        await using var command = database.Reader.CreateCommand("SELECT ST_AsText(geom) FROM later.points");

        Assert.Equal("POINT(1 2)", await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("CREATE TABLE public.mine (id int)")]
    [InlineData("CREATE TEMP TABLE mine (id int)")]
    [InlineData("CREATE SCHEMA mine")]
    [InlineData("CREATE EXTENSION hstore")]
    [InlineData("CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    [InlineData("COPY (SELECT 1) TO PROGRAM 'true'")]
    [InlineData("SELECT pg_read_file('/etc/passwd')")]
    [InlineData("SELECT pg_ls_dir('/')")]
    [InlineData("SELECT lo_import('/etc/passwd')")]
    [InlineData("SELECT lo_from_bytea(0, 'x')")]
    [InlineData("SELECT lo_creat(-1)")]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())")]
    [InlineData("SELECT pg_cancel_backend(pg_backend_pid())")]
    [InlineData("SELECT query FROM pg_stat_activity")]
    [InlineData("SELECT pg_stat_get_backend_activity(1)")]
    [InlineData("SELECT statement FROM pg_prepared_statements")]
    [InlineData("SELECT statement FROM pg_cursors")]
    [InlineData("SELECT _postgis_stats('public.spatial_ref_sys', 'srid')")]
    [InlineData("SELECT pg_logical_emit_message(false, 'x', 'y')")]
    [InlineData("SELECT pg_advisory_lock(1)")]
    [InlineData("SELECT pg_try_advisory_xact_lock_shared(1, 2)")]
    [InlineData("SELECT rolpassword FROM pg_authid")]
    [InlineData("SET ROLE carto_owner")]
    [InlineData("SET ROLE carto_admin")]
    [InlineData("INSERT INTO public.kept VALUES (1)")]
    [InlineData("TRUNCATE public.kept")]
    [InlineData("DROP TABLE public.kept")]
    public async Task Reader_is_refused_even_outside_a_read_only_transaction(string sql)
    {
        await database.ExecuteAsync("CREATE TABLE IF NOT EXISTS public.kept (id int)");
        await using var connection = await database.Reader.OpenConnectionAsync();
        await using var writable = new NpgsqlCommand("SET default_transaction_read_only = off", connection);
        await writable.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(command.ExecuteNonQueryAsync);

        Assert.Contains(refused.SqlState, (string[])[PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.InvalidParameterValue]);
    }

    [Fact]
    public async Task Reader_starts_read_only_and_with_a_time_limit()
    {
        await using var command = database.Reader.CreateCommand(
            "SELECT current_setting('default_transaction_read_only') || ' ' || current_setting('statement_timeout')");

        Assert.Equal("on 1min", await command.ExecuteScalarAsync());
    }

    /// <summary>With prepared statements on it, a connection is not reset by DISCARD ALL but by a list of statements.</summary>
    [Fact]
    public async Task Readers_connection_with_prepared_statements_can_be_used_again()
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ReaderConnectionString) { MaxPoolSize = 1, MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 }.ConnectionString);

        for (var use = 1; use <= 5; use++)
        {
            await using var command = source.CreateCommand("SELECT 42");
            Assert.Equal(42, await command.ExecuteScalarAsync());
        }
    }

    [Fact]
    public async Task Reader_cannot_open_another_database()
    {
        var other = new PostGisFixture();
        await other.InitializeAsync();
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ReaderConnectionString) { Database = other.DatabaseName }.ConnectionString);

        var refused = await Assert.ThrowsAsync<PostgresException>(async () => await source.OpenConnectionAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Owner_watches_and_cancels_the_readers_sessions()
    {
        await using var connection = await database.Reader.OpenConnectionAsync();
        await using var command = database.Owner.CreateCommand("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1");
        command.Parameters.AddWithValue(connection.ProcessID);

        Assert.Equal(true, await command.ExecuteScalarAsync());
    }
}
