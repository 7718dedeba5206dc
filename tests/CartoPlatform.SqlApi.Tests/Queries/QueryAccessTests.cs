using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>What a query may do, and for whom. It is the database that refuses: each of these reaches it.</summary>
public sealed class QueryAccessTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        CREATE SCHEMA IF NOT EXISTS a;
        CREATE TABLE IF NOT EXISTS a.kept (id int);
        TRUNCATE a.kept;
        INSERT INTO a.kept VALUES (1);
        CREATE SEQUENCE IF NOT EXISTS a.counter;
        CREATE OR REPLACE FUNCTION a.write() RETURNS int LANGUAGE sql AS 'INSERT INTO a.kept VALUES (2) RETURNING id';
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("INSERT INTO a.kept VALUES (2)")]
    [InlineData("INSERT INTO a.kept VALUES (2) RETURNING id")]
    [InlineData("UPDATE a.kept SET id = 2")]
    [InlineData("DELETE FROM a.kept")]
    [InlineData("TRUNCATE a.kept")]
    [InlineData("DROP TABLE a.kept")]
    [InlineData("CREATE TABLE a.other (id int)")]
    [InlineData("CREATE TEMP TABLE other (id int)")]
    [InlineData("SELECT * INTO a.other FROM a.kept")]
    [InlineData("WITH w AS (DELETE FROM a.kept RETURNING id) SELECT * FROM w")]
    [InlineData("SELECT * FROM a.kept FOR UPDATE")]
    [InlineData("SELECT * FROM a.kept FOR NO KEY UPDATE")]
    [InlineData("SELECT * FROM a.kept FOR SHARE")]
    [InlineData("SELECT * FROM (SELECT * FROM a.kept FOR UPDATE) AS x")]
    [InlineData("WITH w AS (INSERT INTO a.kept VALUES (2) RETURNING id) SELECT * FROM w")]
    [InlineData("WITH w AS (UPDATE a.kept SET id = 2 RETURNING id) SELECT * FROM w")]
    [InlineData("SELECT * FROM (WITH w AS (DELETE FROM a.kept RETURNING id) SELECT * FROM w) AS x")]
    [InlineData("SELECT a.write()")]
    [InlineData("SELECT nextval('a.counter')")]
    [InlineData("SELECT setval('a.counter', 5)")]
    [InlineData("SELECT query_to_xml('DELETE FROM a.kept RETURNING id', true, true, '')")]
    [InlineData("SELECT query_to_xml('CREATE TABLE a.other (id int)', true, true, '')")]
    [InlineData("SELECT query_to_xml('SELECT * FROM a.kept FOR UPDATE', true, true, '')")]
    [InlineData("SELECT query_to_xml('SELECT a.write()', true, true, '')")]
    [InlineData("SELECT query_to_xml_and_xmlschema('SELECT rolpassword FROM pg_authid', true, true, '')")]
    [InlineData("SELECT table_to_xml('pg_catalog.pg_authid', true, true, '')")]
    [InlineData("SELECT table_to_xml('a.kept; DELETE FROM a.kept', true, true, '')")]
    [InlineData("SELECT ts_stat('DELETE FROM a.kept RETURNING to_tsvector(id::text)')")]
    [InlineData("DO $$BEGIN DELETE FROM a.kept; END$$")]
    [InlineData("CALL a.nothing()")]
    [InlineData("SET ROLE postgres")]
    [InlineData("SET default_transaction_read_only = off")]
    [InlineData("RESET ALL")]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("LISTEN news")]
    [InlineData("VACUUM a.kept")]
    [InlineData("COPY a.kept TO STDOUT")]
    [InlineData("COPY a.kept FROM STDIN")]
    [InlineData("COPY a.kept TO PROGRAM 'cat'")]
    [InlineData("COPY (SELECT 1) TO '/tmp/carto-sql-test'")]
    [InlineData("PREPARE p AS SELECT 1")]
    [InlineData("EXPLAIN ANALYZE DELETE FROM a.kept")]
    [InlineData("SHOW ALL")]
    [InlineData("SELECT set_config('role', 'postgres', false)")]
    [InlineData("SELECT query_to_xml('SELECT set_config(''role'', ''postgres'', false)', true, true, '')")]
    [InlineData("SELECT set_config('session_authorization', 'postgres', false)")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', true)")]
    [InlineData("SELECT pg_read_file('/etc/passwd')")]
    [InlineData("SELECT pg_read_binary_file('PG_VERSION')")]
    [InlineData("SELECT pg_ls_dir('.')")]
    [InlineData("SELECT pg_stat_file('PG_VERSION')")]
    [InlineData("SELECT lo_import('/etc/passwd')")]
    [InlineData("SELECT lo_create(0)")]
    [InlineData("SELECT lo_from_bytea(0, '\\x00')")]
    [InlineData("SELECT lo_put(1, 0, '\\x00')")]
    [InlineData("SELECT lo_get(1)")]
    [InlineData("SELECT lo_unlink(1)")]
    [InlineData("SELECT lo_open(1, 131072)")]
    [InlineData("SELECT lo_export(1, '/tmp/carto-sql-test')")]
    [InlineData("SELECT dblink('host=127.0.0.1', 'SELECT 1')")]
    [InlineData("CREATE EXTENSION dblink")]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())")]
    [InlineData("SELECT pg_reload_conf()")]
    [InlineData("ALTER SYSTEM SET jit = on")]
    [InlineData("SELECT 1; DELETE FROM a.kept")]
    [InlineData("SELECT 1) AS q; DELETE FROM a.kept; SELECT * FROM (SELECT 1")]
    [InlineData("SELECT 1) AS q UNION SELECT (2")]
    public async Task Statement_that_does_more_than_read_is_refused(string sql)
    {
        foreach (var answer in new[] { await fixture.Host.Caller.GetAsync(sql), await fixture.Host.Caller.PostAsync(sql), await fixture.Host.Owner.GetAsync(sql) })
        {
            Assert.True(answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest, $"{(int)answer.Status} {answer.Body}");
            Assert.NotEmpty(answer.Error);
        }

        Assert.Equal("\"1\"", await fixture.Host.Caller.ValueAsync("SELECT string_agg(id::text, ',') FROM a.kept"));
        Assert.Equal("null", await fixture.Host.Caller.ValueAsync("SELECT to_regclass('a.other')"));
        Assert.Equal("false", await fixture.Host.Caller.ValueAsync("SELECT is_called FROM a.counter"));
        Assert.Equal("0", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM pg_largeobject_metadata"));
    }

    [Fact]
    public async Task Link_to_other_databases_where_it_is_installed_is_no_way_around()
    {
        await using var admin = Npgsql.NpgsqlDataSource.Create(fixture.Database.AdminConnectionString);
        await using (var install = admin.CreateCommand("CREATE EXTENSION dblink")) await install.ExecuteNonQueryAsync();
        var database = $"dbname={fixture.Database.DatabaseName}";

        foreach (var sql in new[]
        {
            $"SELECT dblink_exec('{database}', 'DELETE FROM a.kept')",
            $"SELECT * FROM dblink('{database}', 'DELETE FROM a.kept RETURNING id') AS t(id int)",
            $"SELECT dblink_connect('{database} user=postgres')",
            $"SELECT dblink_connect_u('{database} user=postgres')",
        })
        {
            var answer = await fixture.Host.Caller.GetAsync(sql);
            Assert.True(answer.Status is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest, $"{sql}: {(int)answer.Status} {answer.Body}");
        }

        Assert.Equal("1", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM a.kept"));
    }

    [Fact]
    public async Task Session_of_a_query_starts_clean_whatever_the_last_one_set()
    {
        await fixture.Host.Caller.GetAsync("SELECT set_config('default_transaction_read_only', 'off', false), set_config('statement_timeout', '0', false), set_config('search_path', 'a', false)");

        for (var again = 0; again < 8; again++)
        {
            Assert.Equal("\"on 1min\"", await fixture.Host.Caller.ValueAsync("SELECT current_setting('transaction_read_only') || ' ' || current_setting('statement_timeout')"));
            Assert.Equal("\"\\\"$user\\\", public\"", await fixture.Host.Caller.ValueAsync("SELECT current_setting('search_path')"));
        }
    }

    [Fact]
    public async Task Notification_of_a_read_is_not_sent()
    {
        await using var listener = await fixture.Database.Owner.OpenConnectionAsync();
        await using (var listen = listener.CreateCommand())
        {
            listen.CommandText = "LISTEN news";
            await listen.ExecuteNonQueryAsync();
        }

        var heard = new List<string>();
        listener.Notification += (_, notification) => heard.Add(notification.Payload);
        await fixture.Host.Caller.GetAsync("SELECT pg_notify('news', 'from a read')");
        await fixture.Database.ExecuteAsync("SELECT pg_notify('news', 'from the owner')");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!heard.Contains("from the owner")) await listener.WaitAsync(limit.Token);
        Assert.Equal(["from the owner"], heard);
    }

    [Fact]
    public async Task Text_that_only_looks_dangerous_is_read() => Assert.Equal(
        "\"DROP TABLE a.kept; --\"", await fixture.Host.Caller.ValueAsync("SELECT 'DROP TABLE a.kept; --' /* ; DELETE */ -- ;"));

    [Fact]
    public async Task Refused_statement_is_explained()
    {
        var answer = await fixture.Host.Caller.PostAsync("DELETE FROM a.kept");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("take POST and a token that may write", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_without_token_is_401()
    {
        var answer = await fixture.Host.Anonymous.GetAsync("SELECT 1");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("Token not defined", answer.Error);
    }

    [Theory]
    [InlineData("other", "*", "sql", HttpStatusCode.Forbidden)]
    [InlineData("main", "a.kept", "sql", HttpStatusCode.Forbidden)]
    [InlineData("main", "SELECT 2", "sql", HttpStatusCode.Forbidden)]
    [InlineData("main", "SELECT 1", "sql", HttpStatusCode.OK)]
    [InlineData("main", "*", "sql", HttpStatusCode.OK)]
    [InlineData("main", "*", "maps", HttpStatusCode.Forbidden)]
    public async Task Grant_decides(string connection, string source, string api, HttpStatusCode status)
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(connection, source)) with { AllowedApis = [api] };
        fixture.Add(token);

        Assert.Equal(status, (await fixture.Host.As(token).GetAsync("SELECT 1")).Status);
    }

    [Fact]
    public async Task Granted_query_takes_parameters_but_no_other_text()
    {
        var token = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection, "SELECT id FROM a.kept WHERE id = $1"));
        fixture.Add(token);

        Assert.Equal("1", await fixture.Host.As(token).ValueAsync("SELECT id FROM a.kept WHERE id = $1", "[1]"));
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Host.As(token).GetAsync("SELECT id FROM a.kept WHERE id = $1 OR true", "[1]")).Status);
    }

    [Fact]
    public async Task Unknown_connection_is_404_for_the_owner_and_403_for_others()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Host.Owner.PostAsync("SELECT 1", connection: "nowhere")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Host.Caller.PostAsync("SELECT 1", connection: "nowhere")).Status);
    }
}
