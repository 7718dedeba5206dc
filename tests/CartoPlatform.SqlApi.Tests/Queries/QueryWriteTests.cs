using System.Net;
using System.Text.Json.Nodes;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>Statements that write: by POST, with the owner's token.</summary>
public sealed class QueryWriteTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private SqlClient Owner => fixture.Host.Owner;

    [Fact]
    public async Task Statement_without_result_answers_no_rows_and_no_schema()
    {
        var answer = await Owner.PostAsync("CREATE TABLE made (id int)");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"rows":[],"schema":[],"meta":{"cacheHit":false,"location":"local","totalBytesProcessed":"0"}}""", answer.Body);
        Assert.Equal("\"made\"", await fixture.Host.Caller.ValueAsync("SELECT to_regclass('made')"));
        Assert.Equal("0", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM made"));
    }

    [Fact]
    public async Task Written_rows_are_returned_in_their_json_form()
    {
        await Owner.PostAsync("CREATE TABLE place (id serial, name text, geom geometry(Point, 3857), spot point)");

        var answer = await Owner.PostAsync(
            "INSERT INTO place (name, geom, spot) VALUES (@name, ST_Transform(ST_Point(10, 20, 4326), 3857), '(1,2)') RETURNING id, name, round(ST_X(geom)) x, geom, spot",
            new JsonObject { ["name"] = "Ä" });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var row = JsonNode.Parse(answer.Rows)![0]!;
        Assert.Equal("Ä", row["name"]!.GetValue<string>());
        Assert.Equal(10, row["geom"]!["coordinates"]![0]!.GetValue<double>(), 6);
        Assert.Equal("(1,2)", row["spot"]!.GetValue<string>());
        Assert.Equal("1", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM place"));
    }

    [Theory]
    [InlineData("WITH w AS (INSERT INTO many VALUES (1) RETURNING id) SELECT * FROM w", "[{\"id\":1}]")]
    [InlineData("SELECT add_one(2) AS id", "[{\"id\":2}]")]
    [InlineData("CALL add_and_commit(3)", "[]")]
    [InlineData("VACUUM many", "[]")]
    [InlineData("DO $$BEGIN INSERT INTO many VALUES (4); END$$", "[]")]
    [InlineData("SHOW server_encoding", "[{\"server_encoding\":\"UTF8\"}]")]
    [InlineData("CREATE OR REPLACE FUNCTION two() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END", "[]")]
    [InlineData("UPDATE many SET id = id WHERE false RETURNING id", "[]")]
    public async Task Statement_of_any_kind_runs(string sql, string rows)
    {
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE IF NOT EXISTS many (id int);
            CREATE OR REPLACE FUNCTION add_one(id int) RETURNS int LANGUAGE sql AS 'INSERT INTO many VALUES (id) RETURNING id';
            CREATE OR REPLACE PROCEDURE add_and_commit(id int) LANGUAGE plpgsql AS 'BEGIN INSERT INTO many VALUES (id); COMMIT; END';
            """);

        var answer = await Owner.PostAsync(sql);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(rows, answer.Rows);
    }

    [Fact]
    public async Task Owner_reads_what_the_reader_may_not()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE secret (id int); REVOKE ALL ON secret FROM PUBLIC; INSERT INTO secret VALUES (1)");
        await fixture.Database.ExecuteAsync("DO $$BEGIN EXECUTE format('REVOKE ALL ON secret FROM %I', replace(current_user, 'owner', 'reader')); END$$");

        Assert.Equal("""[{"id":1}]""", (await Owner.PostAsync("SELECT * FROM secret")).Rows);
        Assert.Equal(HttpStatusCode.Forbidden, (await fixture.Host.Caller.PostAsync("SELECT * FROM secret")).Status);
    }

    [Fact]
    public async Task Failed_write_leaves_nothing()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE checked (id int CHECK (id < 3))");

        var answer = await Owner.PostAsync("INSERT INTO checked SELECT * FROM generate_series(1, 5)");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("checked_id_check", answer.Error, StringComparison.Ordinal);
        Assert.Equal("0", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM checked"));
    }

    [Fact]
    public async Task Constraint_that_fails_at_commit_is_a_clean_error()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE late (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");

        var answer = await Owner.PostAsync("INSERT INTO late VALUES (1), (1) RETURNING id");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("0", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM late"));
    }

    [Fact]
    public async Task Write_with_more_rows_than_allowed_is_undone()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE big (id int)");
        using var host = fixture.Start(("Sql:Limits:MaxRows", "10"));

        var answer = await host.Owner.PostAsync("INSERT INTO big SELECT * FROM generate_series(1, 100000) RETURNING id");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("0", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM big"));
    }

    [Fact]
    public async Task Geometry_that_cannot_be_transformed_undoes_the_write()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE far (geom geometry)");

        var answer = await Owner.PostAsync("WITH w AS (INSERT INTO far VALUES (ST_Point(1, 2, 3857)) RETURNING geom) SELECT * FROM w");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("ST_Transform", answer.Error, StringComparison.Ordinal);
        Assert.Equal("0", await fixture.Host.Caller.ValueAsync("SELECT count(*) FROM far"));
    }

    [Theory]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("SET search_path TO nowhere")]
    [InlineData("LISTEN news")]
    [InlineData("PREPARE p AS SELECT 1")]
    [InlineData("/* about */ discard ALL")]
    public async Task Statement_about_the_session_is_400_and_leaves_the_session_alone(string sql)
    {
        var answer = await Owner.PostAsync(sql);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("session", answer.Error, StringComparison.Ordinal);
        Assert.Equal("""[{"a":1}]""", (await Owner.PostAsync("SELECT 1 AS a")).Rows);
    }

    [Theory]
    [InlineData("COPY pg_class TO STDOUT")]
    [InlineData("COPY many FROM STDIN")]
    public async Task Copy_to_or_from_the_client_is_400(string sql)
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE IF NOT EXISTS many (id int)");

        Assert.Equal(HttpStatusCode.BadRequest, (await Owner.PostAsync(sql)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Owner.PostAsync("SELECT 1")).Status);
    }

    [Fact]
    public async Task Connection_without_writer_refuses_writes()
    {
        fixture.AddConnection("read-only", withWriter: false);

        var answer = await Owner.PostAsync("CREATE TABLE never (id int)", connection: "read-only");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Contains("no login that may write", answer.Error, StringComparison.Ordinal);
    }
}
