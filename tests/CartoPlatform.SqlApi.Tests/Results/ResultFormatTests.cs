using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Results;

public sealed class ResultFormatTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private const string Rows =
        """
        SELECT id, name, geom, more FROM (VALUES
            (1, 'a,"b"', ST_Point(1, 2, 4326), '{"x": [1]}'::jsonb),
            (2, E'two\nlines', NULL, '"text"'),
            (3, '', ST_Point(3, 4, 4326), NULL),
            (4, NULL, NULL, '[]')) AS t(id, name, geom, more)
        """;

    [Fact]
    public async Task Csv_quotes_what_needs_it_and_tells_null_from_empty()
    {
        var answer = await GetAsync(Rows, "csv");

        Assert.Equal("text/csv; charset=utf-8", answer.Message.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            "id,name,geom,more\r\n"
            + "1,\"a,\"\"b\"\"\",\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[1,2]}\",\"{\"\"x\"\": [1]}\"\r\n"
            + "2,\"two\nlines\",,\"\"\"text\"\"\"\r\n"
            + "3,\"\",\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[3,4]}\",\r\n"
            + "4,,,[]\r\n",
            answer.Body);
    }

    [Fact]
    public async Task Csv_has_plain_values() => Assert.Equal(
        "a,\"b,c\",d,e,f,g\r\n9007199254740993,2024-01-02T03:04:05Z,\\x00ff,,1.50,true\r\n",
        (await GetAsync("SELECT 9007199254740993 a, '2024-01-02 03:04:05'::timestamptz \"b,c\", '\\x00ff'::bytea d, 'NaN'::float8 e, 1.50 f, true g", "csv")).Body);

    [Fact]
    public async Task Ndjson_has_a_row_a_line()
    {
        var answer = await GetAsync("SELECT i AS id, E'{\"a\":\\n1}'::json AS j, E'x\\ny' AS t FROM generate_series(1, 2) i", "ndjson");

        Assert.Equal("application/x-ndjson; charset=utf-8", answer.Message.Content.Headers.ContentType?.ToString());
        Assert.Equal("{\"id\":1,\"j\":{\"a\": 1},\"t\":\"x\\ny\"}\n{\"id\":2,\"j\":{\"a\": 1},\"t\":\"x\\ny\"}\n", answer.Body);
    }

    [Fact]
    public async Task Geojson_is_a_feature_collection()
    {
        var answer = await GetAsync(Rows, "geojson");

        Assert.Equal("application/geo+json; charset=utf-8", answer.Message.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1,"name":"a,\"b\"","more":{"x": [1]}},"geometry":{"type":"Point","coordinates":[1,2]}},"""
            + """{"type":"Feature","properties":{"id":2,"name":"two\nlines","more":"text"},"geometry":null},"""
            + """{"type":"Feature","properties":{"id":3,"name":"","more":null},"geometry":{"type":"Point","coordinates":[3,4]}},"""
            + """{"type":"Feature","properties":{"id":4,"name":null,"more":[]},"geometry":null}]}""",
            answer.Body);
    }

    [Theory]
    [InlineData("SELECT 1 AS a", """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}""")]
    [InlineData("SELECT ST_Point(1, 2) AS g WHERE false", """{"type":"FeatureCollection","features":[]}""")]
    [InlineData(
        "SELECT ST_Point(1, 2) AS g, ST_Point(3, 4) AS h",
        """{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"h":{"type":"Point","coordinates":[3,4]}},"geometry":{"type":"Point","coordinates":[1,2]}}]}""")]
    public async Task Geojson_takes_the_first_geometry_if_any(string sql, string body) => Assert.Equal(body, (await GetAsync(sql, "geojson")).Body);

    [Theory]
    [InlineData("SELECT 1 AS a, 2 AS a, 3 AS a", "[{\"a\":1,\"a_1\":2,\"a_2\":3}]")]
    [InlineData("SELECT 1 AS a_1, 2 AS a, 3 AS a, 4 AS a_1", "[{\"a_1\":1,\"a\":2,\"a_2\":3,\"a_1_1\":4}]")]
    [InlineData("SELECT 1, 2", "[{\"?column?\":1,\"?column?_1\":2}]")]
    [InlineData("SELECT 1 AS \"a\", 2 AS \"A\"", "[{\"a\":1,\"A\":2}]")]
    [InlineData("SELECT 1 AS \"q\"\"\\ü\n\"", "[{\"q\\\"\\\\ü\\n\":1}]")]
    [InlineData("SELECT", "[{}]")]
    [InlineData("SELECT 1 AS a WHERE false", "[]")]
    [InlineData("VALUES (1), (2)", "[{\"column1\":1},{\"column1\":2}]")]
    public async Task Columns_of_any_name_keep_their_values(string sql, string rows)
    {
        var answer = await fixture.Host.Caller.GetAsync(sql);

        Assert.Equal(rows, answer.Rows);
        if (answer.Json.GetProperty("rows").GetArrayLength() > 0)
        {
            Assert.Equal(
                answer.Json.GetProperty("rows")[0].EnumerateObject().Select(member => member.Name),
                answer.Json.GetProperty("schema").EnumerateArray().Select(field => field.GetProperty("name").GetString()));
        }
    }

    [Fact]
    public async Task Schema_has_the_words_of_the_contract() => Assert.Equal(
        ["number", "number", "number", "string", "boolean", "timestamp", "timestamp", "object", "object", "geometry", "string", "object", "string"],
        (await fixture.Host.Caller.GetAsync(
            "SELECT 1::int2, 1::int8, 1::numeric, ''::text, true, now(), now()::date, '{}'::jsonb, '{}'::int[], NULL::geometry, '1 day'::interval, ROW(1), gen_random_uuid()"))
            .Json.GetProperty("schema").EnumerateArray().Select(field => field.GetProperty("type").GetString()));

    [Fact]
    public async Task Error_is_json_in_every_format()
    {
        foreach (var format in new[] { "csv", "geojson", "ndjson" })
        {
            var answer = await GetAsync("SELECT 1 / (5 - i) FROM generate_series(1, 9) i", format);
            Assert.Equal((HttpStatusCode.BadRequest, "division by zero"), (answer.Status, answer.Error));
        }
    }

    private async Task<SqlAnswer> GetAsync(string sql, string format) =>
        await SqlAnswer.ReadAsync(await fixture.Host.Caller.Http.GetAsync(SqlClient.Url(sql, more: $"&format={format}")));
}
