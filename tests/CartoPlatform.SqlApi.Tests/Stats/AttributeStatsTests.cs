using System.Globalization;
using System.Net;
using System.Text.Json;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Stats;

/// <summary>Statistics of columns of all types over HTTP, with PostgreSQL's own answers as the yardstick.</summary>
public sealed class AttributeStatsTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private StatsClient Client => new(fixture.Host.Caller);

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """"
        DROP SCHEMA IF EXISTS facts CASCADE;
        CREATE SCHEMA facts;
        CREATE TYPE facts.size AS ENUM ('small', 'big');
        CREATE DOMAIN facts.share AS numeric(6, 3);
        CREATE TABLE facts.thing (
          small int2, count int, big int8, price numeric(12, 2), share facts.share, ratio float8, half float4, name text, code varchar(10), flag bool,
          size facts.size, day date, at timestamptz, local timestamp, tags jsonb, note json, list int[], raw bytea, span interval, period int4range, key uuid,
          "Größe / ""1"" %.x" int);
        INSERT INTO facts.thing
        SELECT n % 100, n * 7 % 31, 9007199254740993 + n, n * 1.25, n / 7.0, n * 0.1, n * 0.1, 'Name ' || n % 3, chr(65 + n % 2), n % 5 = 0,
               (ARRAY['small', 'big'])[n % 2 + 1]::facts.size, DATE '2001-01-01' + n, TIMESTAMPTZ '2001-01-01 00:00:00Z' + n * INTERVAL '1 hour',
               TIMESTAMP '2001-01-01 12:00:00.5' + n * INTERVAL '1 day', '{"a": 1}', '[1, 2]', ARRAY[n % 2], '\x00ff', n % 2 * INTERVAL '1 hour',
               int4range(n % 2, 5), '00000000-0000-0000-0000-000000000001', n
        FROM generate_series(1, 200) AS n;
        INSERT INTO facts.thing (price, ratio, half, day, at, local, name) VALUES
          ('NaN', 'NaN', 'NaN', 'infinity', 'infinity', 'infinity', E'quoted " \\ \n \u0001 🗾'), (NULL, 'Infinity', '-Infinity', '-infinity', '-infinity', '-infinity', NULL);
        CREATE TABLE facts.empty (number int, name text, at timestamptz, flag bool);
        CREATE TABLE facts.extreme AS SELECT v AS one, v AS two, CASE WHEN abs(v) < 'Infinity' THEN v::numeric END AS three
          FROM unnest(ARRAY[1.6e308, 1.6e308, -1e300, 1e200, 5e-324, 0, 'NaN', '-Infinity', NULL]::float8[]) AS v;
        INSERT INTO facts.extreme (two, three) VALUES (-1.6e308, 1e400);
        CREATE TABLE facts.nulls AS SELECT NULL::float8 AS number, NULL::text AS name, NULL::date AS day FROM generate_series(1, 3);
        CREATE TABLE facts."A.b ""c""" (x int);
        INSERT INTO facts."A.b ""c""" VALUES (1);
        """");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("small", "small", "numeric")]
    [InlineData("count", "count", "numeric")]
    [InlineData("big", "big", "numeric")]
    [InlineData("price", "nullif(price, 'NaN')", "numeric")]
    [InlineData("share", "share", "numeric")]
    [InlineData("ratio", "CASE WHEN ratio < 'Infinity' THEN ratio END", "float8")]
    [InlineData("half", "CASE WHEN half < 'Infinity' AND half > '-Infinity' THEN half END", "float8")]
    public async Task Number_has_limits_average_sum_and_quantiles(string column, string value, string type)
    {
        var stats = await Client.StatsAsync("facts.thing", column);

        Assert.Equal(["attribute", "type", "min", "max", "avg", "sum", "quantiles"], Names(stats));
        Assert.Equal((column, "Number"), (stats.GetProperty("attribute").GetString(), stats.GetProperty("type").GetString()));
        foreach (var (name, sql) in new[] { ("min", $"min({value})"), ("max", $"max({value})"), ("avg", $"avg({value})"), ("sum", $"sum(({value})::{type})") })
            Assert.Equal(await NumberAsync($"SELECT {sql} FROM facts.thing"), stats.GetProperty(name).GetDouble(), 1e-9 * Math.Abs(stats.GetProperty(name).GetDouble()));

        var quantiles = stats.GetProperty("quantiles");
        Assert.Equal(Enumerable.Range(3, 18).Select(classes => classes.ToString(CultureInfo.InvariantCulture)), Names(quantiles));
        foreach (var classes in quantiles.EnumerateObject())
        {
            var parts = int.Parse(classes.Name, CultureInfo.InvariantCulture);
            var breaks = classes.Value.EnumerateArray().Select(item => item.GetDouble()).ToList();
            Assert.Equal(parts + 1, breaks.Count);
            Assert.Equal(breaks.Order(), breaks);
            // Integers beyond 2^53 are doubles here.
            Assert.Equal(stats.GetProperty("min").GetDouble(), breaks[0]);
            Assert.Equal(stats.GetProperty("max").GetDouble(), breaks[^1]);
        }

        var third = await NumberAsync($"SELECT percentile_cont(2 / 3::float8) WITHIN GROUP (ORDER BY {value}) FROM facts.thing");
        Assert.Equal(third, quantiles.GetProperty("3")[2].GetDouble(), 1e-6 * Math.Abs(third));
    }

    [Fact]
    public async Task Whole_numbers_beyond_doubles_are_numbers_with_all_digits()
    {
        var stats = await Client.StatsAsync("facts.thing", "big");

        Assert.Equal("9007199254740994", stats.GetProperty("min").GetRawText());
        Assert.Equal("1801439850948218700", stats.GetProperty("sum").GetRawText());
    }

    [Theory]
    [InlineData("one", -1e300, 1.6e308, "null")]
    [InlineData("two", -1.6e308, 1.6e308, "1.5999999")]
    [InlineData("three", -1e300, 1.6e308, "3199999990000")]
    public async Task Numbers_at_the_limits_of_doubles_are_added_all_the_same(string column, double min, double max, string sum)
    {
        var stats = await Client.StatsAsync("facts.extreme", column);

        Assert.Equal((min, max), (stats.GetProperty("min").GetDouble(), stats.GetProperty("max").GetDouble()));
        Assert.InRange(stats.GetProperty("avg").GetDouble(), min, max);
        Assert.StartsWith(sum, stats.GetProperty("sum").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "String")]
    [InlineData("code", "String")]
    [InlineData("size", "String")]
    [InlineData("flag", "Boolean")]
    [InlineData("tags", "String")]
    [InlineData("note", "String")]
    [InlineData("list", "String")]
    [InlineData("raw", "String")]
    [InlineData("span", "String")]
    [InlineData("period", "String")]
    [InlineData("key", "String")]
    public async Task Other_columns_have_categories_by_frequency(string column, string type)
    {
        var stats = await Client.StatsAsync("facts.thing", column);

        Assert.Equal(["attribute", "type", "categoryCount", "categories"], Names(stats));
        Assert.Equal(type, stats.GetProperty("type").GetString());
        var value = type == "Boolean" ? column : $"{column}::text";
        var expected = await TextAsync(
            $"SELECT json_agg(json_build_object('category', v, 'frequency', n) ORDER BY n DESC, v)::text FROM (SELECT {value} AS v, count(*) AS n FROM facts.thing GROUP BY 1) AS t");
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, stats.GetProperty("categories")), stats.GetProperty("categories").GetRawText());
        Assert.Equal(stats.GetProperty("categories").GetArrayLength(), stats.GetProperty("categoryCount").GetInt32());
    }

    [Theory]
    [InlineData("day", "2001-01-02T00:00:00Z", "2001-07-20T00:00:00Z")]
    [InlineData("at", "2001-01-01T01:00:00Z", "2001-01-09T08:00:00Z")]
    [InlineData("local", "2001-01-02T12:00:00.5Z", "2001-07-20T12:00:00.5Z")]
    public async Task Time_has_its_first_and_last(string column, string first, string last)
    {
        var stats = await Client.StatsAsync("facts.thing", column);

        Assert.Equal($$"""{"attribute":"{{column}}","type":"Timestamp","min":"{{first}}","max":"{{last}}"}""", stats.GetRawText());
    }

    [Theory]
    [InlineData("number", "\"min\":null,\"max\":null,\"avg\":null,\"sum\":null,\"quantiles\"")]
    [InlineData("name", "\"categoryCount\":0,\"categories\":[]")]
    [InlineData("at", "\"min\":null,\"max\":null")]
    [InlineData("flag", "\"categories\":[]")]
    public async Task Empty_table_has_statistics_of_nothing(string column, string expected) =>
        Assert.Contains(expected, (await Client.StatsAsync("facts.empty", column)).GetRawText(), StringComparison.Ordinal);

    [Fact]
    public async Task Nulls_are_one_category_and_no_number()
    {
        Assert.Equal("""[{"category" : null, "frequency" : 3}]""", (await Client.StatsAsync("facts.nulls", "name")).GetProperty("categories").GetRawText());
        Assert.Equal(0, (await Client.StatsAsync("facts.nulls", "number")).GetProperty("quantiles").GetProperty("4").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, (await Client.StatsAsync("facts.nulls", "day")).GetProperty("min").ValueKind);
    }

    [Fact]
    public async Task Query_is_a_source_with_its_values_in_any_spelling_of_the_request()
    {
        const string Sql = "SELECT count AS n, count AS n, name FROM facts.thing WHERE count < $1 -- all";
        var got = StatsClient.Found(await Client.OfQueryAsync(Sql, "n", "queryParameters=[10]&client=x&tag-mapId=y"));
        Assert.Equal(9, got.GetProperty("max").GetInt32());

        using var json = new StringContent($$"""{"q": {{JsonSerializer.Serialize(Sql)}}, "queryParameters": [5]}""", null, "application/json");
        Assert.Equal(4, StatsClient.Found(await PostAsync("n", json)).GetProperty("max").GetInt32());

        using var form = new FormUrlEncodedContent([new("q", Sql), new("queryParameters", "[7]")]);
        Assert.Equal(6, StatsClient.Found(await PostAsync("n_1", form)).GetProperty("max").GetInt32());

        using var filters = new StringContent("""{"filters": {"count": {"between": {"values": [[null, 3]]}}}}""", null, "application/json");
        Assert.Equal(3, StatsClient.Found(await PostAsync("facts.thing/count", filters)).GetProperty("max").GetInt32());
    }

    [Theory]
    [InlineData("facts.thing", "Größe / \"1\" %.x")]
    [InlineData("facts.\"A.b \"\"c\"\"\"", "x")]
    [InlineData("FACTS.Thing", "COUNT")]
    public async Task Names_are_found_with_dots_quotes_slashes_and_in_other_case(string table, string column) =>
        Assert.Equal("Number", (await Client.StatsAsync(table, column)).GetProperty("type").GetString());

    [Fact]
    public async Task Database_may_be_part_of_the_name() =>
        Assert.Equal("Number", (await Client.StatsAsync($"{fixture.Database.DatabaseName}.facts.thing", "count")).GetProperty("type").GetString());

    [Theory]
    [InlineData("facts.thing/nothing", HttpStatusCode.BadRequest, "Column not found")]
    [InlineData("facts.thing/undefined", HttpStatusCode.BadRequest, "Column not found")]
    [InlineData("facts.nothing/x", HttpStatusCode.NotFound, "There is no table facts.nothing")]
    [InlineData("a.b.c.d/x", HttpStatusCode.BadRequest, "a.b.c.d is not the name of a table")]
    [InlineData("count", HttpStatusCode.BadRequest, "The parameter q is missing, or a table before the column in the path")]
    [InlineData("count?q=", HttpStatusCode.BadRequest, "The SQL text is empty")]
    [InlineData("count?q=SELECT+1;SELECT+2", HttpStatusCode.BadRequest, "Only one SQL statement can be run at a time")]
    [InlineData("a?q=DELETE+FROM+facts.thing+RETURNING+1+AS+a", HttpStatusCode.BadRequest, "syntax error")]
    [InlineData("a?q=SELECT+1/0+AS+a", HttpStatusCode.BadRequest, "division by zero")]
    [InlineData("a?q=SELECT+a+FROM+nothing", HttpStatusCode.BadRequest, "nothing")]
    [InlineData("a?q=SELECT+$1::int+AS+a", HttpStatusCode.BadRequest, "$1")]
    [InlineData("a?q=SELECT+1&q=SELECT+2", HttpStatusCode.BadRequest, "The parameter q is given more than once")]
    [InlineData("facts.thing/count?filters=[]", HttpStatusCode.BadRequest, "The parameter filters must be a JSON object")]
    [InlineData("facts.thing/count?filters={", HttpStatusCode.BadRequest, "The parameter filters is not valid JSON, or names a member twice")]
    [InlineData("facts.thing/count?filters={\"no\":{\"in\":{\"values\":[1]}}}", HttpStatusCode.BadRequest, "Column not found")]
    [InlineData("facts.thing/count?spatialDataType=s2", HttpStatusCode.BadRequest, "The parameter spatialDataType must be one of geo, h3, quadbin, trajectory")]
    [InlineData("facts.thing/flag?spatialDataType=h3", HttpStatusCode.BadRequest, "The column flag holds no h3 cells")]
    [InlineData("facts.thing/undefined?spatialDataType=quadbin", HttpStatusCode.BadRequest, "Column not found")]
    public async Task Bad_request_gets_a_sentence(string rest, HttpStatusCode status, string error)
    {
        var answer = await Client.GetAsync(rest);

        Assert.Equal(status, answer.Status);
        Assert.Contains(error, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writing_in_the_source_is_refused_by_the_database()
    {
        await fixture.Database.ExecuteAsync("CREATE OR REPLACE FUNCTION facts.add() RETURNS int LANGUAGE sql AS 'INSERT INTO facts.empty (number) VALUES (1) RETURNING 1'");
        var answer = await new StatsClient(fixture.Host.Owner).OfQueryAsync("SELECT facts.add() AS n", "n");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(0, await NumberAsync("SELECT count(*) FROM facts.empty"));
    }

    private async Task<SqlAnswer> PostAsync(string rest, HttpContent body) =>
        await SqlAnswer.ReadAsync(await fixture.Host.Caller.Http.PostAsync(new Uri($"/v3/stats/{SqlFixture.Connection}/{rest}", UriKind.Relative), body));

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(member => member.Name);

    private async Task<double> NumberAsync(string sql) => double.Parse(await TextAsync($"SELECT ({sql})::text"), CultureInfo.InvariantCulture);

    private async Task<string> TextAsync(string sql)
    {
        await using var command = fixture.Database.Reader.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
