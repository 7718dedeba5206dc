using System.Net;
using System.Text.Json;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>Tokens that name a login of their own, on a table with row-level security: neither ever sees what is the other's.</summary>
public sealed class LoginTests(CacheFixture fixture) : IClassFixture<CacheFixture>, IAsyncLifetime
{
    private const string Password = "only-in-tests";

    private static readonly string[] Urls =
    [
        "/v3/maps/main/table?name=TABLE&format=geojson",
        "/v3/maps/main/table?name=TABLE&format=tilejson",
        "/v3/maps/main/table/0/0/0?name=TABLE&formatTiles=mvt",
        "/v3/maps/main/query?q=SELECT%20*%20FROM%20TABLE&format=geojson",
        "/v3/maps/main/query/0/0/0?q=SELECT%20*%20FROM%20TABLE&formatTiles=mvt",
        """/v3/sql/main/model/category?type=table&source=TABLE&params={"column":"label","operation":"count"}""",
        """/v3/sql/main/model/category?type=query&source=SELECT%20*%20FROM%20TABLE&params={"column":"label","operation":"count"}""",
        """/v3/sql/main/model/table?type=table&source=TABLE&params={"column":["label"]}""",
        "/v3/sql/main/query?q=SELECT%20label%20FROM%20TABLE",
        "/v3/sql/main/query?q=all-labels",
        "/v3/stats/main/TABLE/label",
    ];

    private readonly string _suffix = Guid.NewGuid().ToString("N")[..12];

    private string Table => $"demo.rows_{_suffix}";

    public async Task InitializeAsync()
    {
        await fixture.Database.ExecuteAsync($"""
            CREATE TABLE {Table} (id int PRIMARY KEY, tenant text NOT NULL, label text NOT NULL, geom geometry(Point, 4326) NOT NULL);
            INSERT INTO {Table} SELECT i, CASE WHEN i % 2 = 0 THEN 'a_{_suffix}' ELSE 'b_{_suffix}' END, CASE WHEN i % 2 = 0 THEN 'row-of-a' ELSE 'row-of-b' END, ST_SetSRID(ST_Point(i, i), 4326)
            FROM generate_series(1, 10) AS i;
            ALTER TABLE {Table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON {Table} USING (tenant = current_user);
            """);
        var logins = new List<ConnectionLogin>();
        foreach (var name in (string[])["a", "b"])
        {
            await fixture.ExecuteAsAdminAsync($"""
                CREATE ROLE {name}_{_suffix} LOGIN PASSWORD '{Password}';
                GRANT CONNECT ON DATABASE {new NpgsqlConnectionStringBuilder(fixture.Database.ReaderConnectionString).Database} TO {name}_{_suffix};
                GRANT USAGE ON SCHEMA demo TO {name}_{_suffix}; GRANT SELECT ON {Table} TO {name}_{_suffix};
                """);
            var text = new NpgsqlConnectionStringBuilder(fixture.Database.ReaderConnectionString) { Username = $"{name}_{_suffix}", Password = Password };
            logins.Add(new ConnectionLogin(name, text.ConnectionString, []));
        }

        var workspace = fixture.Maps.Workspace;
        workspace.Connections["main"] = workspace.Connections["main"] with { Logins = logins, Revision = workspace.Connections["main"].Revision + 1 };
        workspace.NamedSources["all-labels"] = new NamedSourceRecord { Id = Guid.NewGuid(), Name = "all-labels", Sql = $"SELECT label FROM {Table}", Revision = 1 };
        fixture.Host.AskAgain();
    }

    public async Task DisposeAsync()
    {
        await fixture.Database.ExecuteAsync($"DROP TABLE {Table} CASCADE");
        foreach (var name in (string[])["a", "b"]) await fixture.ExecuteAsAdminAsync($"DROP OWNED BY {name}_{_suffix} CASCADE; DROP ROLE {name}_{_suffix};");
    }

    [Fact]
    public async Task Two_logins_never_see_each_others_rows_warm_or_not()
    {
        using var a = As("a");
        using var b = As("b");
        var own = As(null);
        for (var round = 0; round < 3; round++)
        {
            foreach (var url in Urls)
            {
                foreach (var (caller, mine, others) in ((HttpClient, string, string)[])[(a, "row-of-a", "row-of-b"), (b, "row-of-b", "row-of-a")])
                {
                    var answer = await caller.AskAsync(On(url));

                    Assert.True(answer.Status == HttpStatusCode.OK, $"{url} {answer.Body}");
                    // TileJSON has statistics of columns, and may have no values.
                    if (!url.Contains("tilejson", StringComparison.Ordinal)) Assert.Contains(mine, answer.Body, StringComparison.Ordinal);
                    Assert.DoesNotContain(others, answer.Body, StringComparison.Ordinal);
                }

                Assert.DoesNotContain("row-of-", (await own.AskAsync(On(url))).Body, StringComparison.Ordinal);
            }
        }

        own.Dispose();
    }

    [Fact]
    public async Task Callers_of_one_login_share_what_is_kept()
    {
        using var one = As("a");
        using var other = As("a");
        var attempt = 0;
        // Of a connection that has just been changed nothing is heard at first, and so nothing kept.
        await Wait.UntilAsync("what one has asked for is kept for the other", async () =>
        {
            var url = $"{On(Urls[2])}&attempt={attempt++}";
            await one.AskAsync(url);
            var answer = await other.AskAsync(url);
            Assert.Contains("row-of-a", answer.Body, StringComparison.Ordinal);
            return answer.Cache == "HIT";
        }, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Many_at_once_each_get_their_own()
    {
        using var a = As("a");
        using var b = As("b");
        var url = On("/v3/sql/main/query?q=SELECT%20label%2C%20id%20FROM%20TABLE");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i => (IsA: i % 2 == 0, Answer: await (i % 2 == 0 ? a : b).AskAsync(url))));

        foreach (var (isA, answer) in answers)
        {
            Assert.Contains(isA ? "row-of-a" : "row-of-b", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(isA ? "row-of-b" : "row-of-a", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("SELECT set_config('role', 'b_SUFFIX', false), label FROM TABLE")]
    [InlineData("SELECT query_to_xml('SELECT set_config(''role'', ''b_SUFFIX'', true)', true, false, ''), query_to_xml('SELECT label FROM TABLE', true, false, '')")]
    [InlineData("SELECT set_config('row_security', 'off', false), label FROM TABLE")]
    [InlineData("SELECT set_config('session_authorization', 'b_SUFFIX', false), label FROM TABLE")]
    public async Task Login_is_not_left_by_sql(string sql)
    {
        using var a = As("a");
        var written = sql.Replace("SUFFIX", _suffix, StringComparison.Ordinal).Replace("TABLE", Table, StringComparison.Ordinal);

        var first = await a.AskAsync($"/v3/sql/main/query?q={Uri.EscapeDataString(written)}");
        var after = await a.AskAsync(On("/v3/sql/main/query?q=SELECT%20label%20FROM%20TABLE%20ORDER%20BY%20id"), "no-cache");

        Assert.DoesNotContain("row-of-b", first.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("row-of-b", after.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_that_the_connection_does_not_have_reads_nothing()
    {
        using var a = As("a");
        using var nobody = As("nobody");
        foreach (var url in Urls)
        {
            await a.AskAsync(On(url));

            var answer = await nobody.AskAsync(On(url));

            Assert.True(answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden, $"{url} {answer.Status}");
            Assert.DoesNotContain("row-of-", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Token_that_is_given_another_login_sees_that_ones_rows_at_once()
    {
        var token = Token("a");
        using var caller = fixture.Host.As(token);
        var url = On(Urls[2]);
        for (var i = 0; i < 3; i++) Assert.Contains("row-of-a", (await caller.AskAsync(url)).Body, StringComparison.Ordinal);

        fixture.Maps.Workspace.Tokens[token.Id] = token with { Login = "b" };
        fixture.Host.AskAgain();

        var answer = await caller.AskAsync(url);
        Assert.Contains("row-of-b", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("row-of-a", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_kept_does_not_outlive_a_membership_that_is_taken_away()
    {
        await fixture.ExecuteAsAdminAsync($"""
            CREATE ROLE group_{_suffix}; GRANT SELECT ON {Table} TO group_{_suffix}; GRANT group_{_suffix} TO a_{_suffix}; REVOKE SELECT ON {Table} FROM a_{_suffix};
            """);
        try
        {
            using var a = As("a");
            var url = On("/v3/sql/main/query?q=SELECT%20label%20FROM%20TABLE%20ORDER%20BY%20id");
            await Wait.UntilAsync("it is kept", async () => (await a.AskAsync(url)).Cache == "HIT", TimeSpan.FromSeconds(20));

            // A membership of less than a second may never be looked at: docs/cache.md names that.
            await fixture.ExecuteAsAdminAsync($"""
                DO $$ BEGIN
                    FOR i IN 1..200 LOOP
                        IF EXISTS (SELECT FROM carto.role_rights WHERE role = 'a_{_suffix}' AND rights = carto.rights_of(role)) THEN RETURN; END IF;
                        PERFORM pg_sleep(0.1);
                    END LOOP;
                    RAISE 'The membership has not been looked at.';
                END $$
                """);
            await fixture.ExecuteAsAdminAsync($"REVOKE group_{_suffix} FROM a_{_suffix}");

            await Wait.UntilAsync("it is refused", async () => (await a.AskAsync(url)).Status == HttpStatusCode.Forbidden, TimeSpan.FromSeconds(20));
        }
        finally
        {
            await fixture.ExecuteAsAdminAsync($"DROP OWNED BY group_{_suffix}; DROP ROLE group_{_suffix}");
        }
    }

    [Fact]
    public async Task Nothing_stands_in_for_a_login_that_is_refused()
    {
        using var b = As("b");
        var url = On(Urls[2]);
        await Wait.UntilAsync("it is kept", async () => (await b.AskAsync(url)).Cache == "HIT", TimeSpan.FromSeconds(20));

        await fixture.ExecuteAsAdminAsync($"ALTER ROLE b_{_suffix} NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'b_{_suffix}'; INSERT INTO {Table} VALUES (12, 'b_{_suffix}', 'more', ST_SetSRID(ST_Point(1, 1), 4326))");

        await Wait.UntilAsync("it is refused", async () => (await b.AskAsync(url)).Status == HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(20));
        for (var i = 0; i < 3; i++) Assert.DoesNotContain("row-of-b", (await b.AskAsync(url)).Body, StringComparison.Ordinal);
    }

    /// <summary>The planner is told that the table is huge: then statistics answer, of all rows.</summary>
    [Theory]
    [InlineData("table?name=TABLE")]
    [InlineData("table?name=VIEW")]
    [InlineData("query?q=SELECT%20*%20FROM%20TABLE")]
    [InlineData("query?q=SELECT%20*%20FROM%20VIEW%20WHERE%20id%20%3E%200")]
    public async Task Statistics_of_a_large_table_tell_nothing_of_others_rows(string source)
    {
        var view = $"demo.seen_{_suffix}";
        await fixture.Database.ExecuteAsync($"CREATE VIEW {view} WITH (security_invoker = on) AS SELECT * FROM {Table}; GRANT SELECT ON {view} TO a_{_suffix}, b_{_suffix}; ANALYZE {Table}");
        await fixture.ExecuteAsAdminAsync($"UPDATE pg_class SET reltuples = 4000000, relpages = 1 WHERE oid = '{Table}'::regclass");
        using var a = As("a");
        using var nobody = As(null);
        var asked = On(source).Replace("VIEW", view, StringComparison.Ordinal);

        foreach (var (caller, rows, bounds) in ((HttpClient, int, double[])[])[(a, 5, [2, 2, 10, 10]), (nobody, 0, [-180, -85.0511287798066, 180, 85.0511287798066])])
        {
            var map = JsonDocument.Parse((await caller.AskAsync($"/v3/maps/main/{asked}")).Body).RootElement;
            var tileJson = JsonDocument.Parse((await caller.AskAsync($"/v3/maps/main/{asked}&format=tilejson")).Body).RootElement;
            var tile = await caller.AskAsync($"/v3/maps/main/{asked.Replace("?", "/0/0/0?", StringComparison.Ordinal)}&formatTiles=mvt");

            Assert.Equal(rows, map.GetProperty("nrows").GetInt64());
            Assert.Equal(rows, tileJson.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64());
            Assert.All(tileJson.GetProperty("bounds").EnumerateArray().Zip(bounds), pair => Assert.Equal(pair.Second, pair.First.GetDouble(), 1e-6));
            Assert.False(tileJson.TryGetProperty("sampled", out _));
            Assert.Null(tile.Header(TileHeaders.Sampled));
        }

        foreach (var column in (string[])["geom", "id", "label"])
        {
            var stats = await a.AskAsync($"/v3/stats/main/{Table}/{column}");
            var none = await nobody.AskAsync($"/v3/stats/main/{Table}/{column}");
            Assert.True(stats.Status == HttpStatusCode.OK, stats.Body);
            Assert.DoesNotContain("estimated", stats.Body + none.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("sampled", stats.Body + none.Body, StringComparison.Ordinal);
            if (column == "geom") Assert.Equal(2, JsonDocument.Parse(stats.Body).RootElement.GetProperty("extent").GetProperty("xmin").GetDouble());
        }
    }

    [Fact]
    public async Task Table_that_a_login_may_not_read_tells_it_neither_columns_nor_rows()
    {
        var secret = $"demo.secret_{_suffix}";
        await fixture.Database.ExecuteAsync($"CREATE TABLE {secret} (id int PRIMARY KEY, salary int, geom geometry(Point, 4326)); ANALYZE {secret}");
        await fixture.ExecuteAsAdminAsync($"UPDATE pg_class SET reltuples = 4000000, relpages = 1 WHERE oid = '{secret}'::regclass");
        using var a = As("a");

        foreach (var url in (string[])[$"/v3/maps/main/table?name={secret}", $"/v3/maps/main/table?name={secret}&format=tilejson", $"/v3/stats/main/{secret}/geom"])
        {
            var answer = await a.AskAsync(url);
            Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{url} {answer.Body}");
            Assert.DoesNotContain("salary", answer.Body, StringComparison.Ordinal);
        }

        await fixture.Database.ExecuteAsync($"DROP TABLE {secret}");
    }

    /// <summary>Statements that failed when they were being prepared are not taken for prepared ones.</summary>
    [Fact]
    public async Task Right_that_is_taken_and_given_back_is_an_error_and_then_an_answer()
    {
        using var a = As("a");
        async Task<HttpStatusCode[]> AskAllAsync()
        {
            var answers = new List<HttpStatusCode>();
            foreach (var url in Urls)
            {
                for (var i = 0; i < 3; i++) answers.Add((await a.AskAsync(On(url), "no-cache")).Status);
            }

            return [.. answers];
        }

        for (var round = 0; round < 3; round++)
        {
            await fixture.Database.ExecuteAsync($"REVOKE SELECT ON {Table} FROM a_{_suffix}");
            Assert.All(await AskAllAsync(), status => Assert.Equal(HttpStatusCode.Forbidden, status));
            await fixture.Database.ExecuteAsync($"GRANT SELECT ON {Table} TO a_{_suffix}");
            Assert.All(await AskAllAsync(), status => Assert.Equal(HttpStatusCode.OK, status));
        }
    }

    private string On(string url) => url.Replace("TABLE", Table, StringComparison.Ordinal);

    private HttpClient As(string? login) => fixture.Host.As(Token(login));

    private TokenRecord Token(string? login)
    {
        var token = fixture.AddToken(["maps", "sql"], new GrantRecord("main")) with { Login = login };
        fixture.Maps.Workspace.Tokens[token.Id] = token;
        return token;
    }
}
