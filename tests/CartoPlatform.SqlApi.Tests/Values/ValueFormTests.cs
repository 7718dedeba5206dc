using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Values;

/// <summary>The table of docs/api/sql.md, by queries on a real PostGIS.</summary>
public sealed class ValueFormTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    [Theory]
    [InlineData("1::int2", "1")]
    [InlineData("(-32768)::int2", "-32768")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("-9007199254740992", "-9007199254740992")]
    [InlineData("9007199254740993", "\"9007199254740993\"")]
    [InlineData("-9007199254740993", "\"-9007199254740993\"")]
    [InlineData("(-9223372036854775808)::int8", "\"-9223372036854775808\"")]
    [InlineData("0.1::float4", "0.1")]
    [InlineData("0.1::float8", "0.1")]
    [InlineData("0.1::float8 + 0.2::float8", "0.30000000000000004")]
    [InlineData("1e300::float8", "1E+300")]
    [InlineData("'-0'::float8", "-0")]
    [InlineData("'NaN'::float8", "null")]
    [InlineData("'Infinity'::float8", "null")]
    [InlineData("'-Infinity'::float4", "null")]
    [InlineData("0::numeric", "0")]
    [InlineData("0.00::numeric", "0.00")]
    [InlineData("1.50::numeric", "1.50")]
    [InlineData("-0.000123::numeric", "-0.000123")]
    [InlineData("10000::numeric", "10000")]
    [InlineData("100000000.00010000::numeric", "100000000.00010000")]
    [InlineData("12345678901234567890.123456789012345678901234567890::numeric", "12345678901234567890.123456789012345678901234567890")]
    [InlineData("1e20::numeric", "100000000000000000000")]
    [InlineData("'NaN'::numeric", "null")]
    [InlineData("'Infinity'::numeric", "null")]
    [InlineData("'-Infinity'::numeric", "null")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("NULL::bool", "null")]
    [InlineData("NULL", "null")]
    public async Task Number_or_boolean_is_itself(string sql, string json) => await ExpectAsync(sql, json);

    [Theory]
    [InlineData("'a'", "\"a\"")]
    [InlineData("''", "\"\"")]
    [InlineData("'é😀\u00a0'", "\"é😀\u00a0\"")]
    [InlineData("E'q\" b\\\\ n\\n r\\r t\\t b\\b f\\f x\\x01\\x1f\\x7f'", "\"q\\\" b\\\\ n\\n r\\r t\\t b\\u0008 f\\u000c x\\u0001\\u001f\u007f\"")]
    [InlineData("'</script>'", "\"</script>\"")]
    [InlineData("'a'::char(3)", "\"a  \"")]
    [InlineData("'a'::varchar(3)", "\"a\"")]
    [InlineData("'a'::name", "\"a\"")]
    [InlineData("'a'::\"char\"", "\"a\"")]
    [InlineData("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"")]
    [InlineData("'\\x00ff7f'::bytea", "\"\\\\x00ff7f\"")]
    [InlineData("''::bytea", "\"\\\\x\"")]
    [InlineData("'<a>&amp;</a>'::xml", "\"<a>&amp;</a>\"")]
    [InlineData("'1.2.3.4/24'::inet", "\"1.2.3.4/24\"")]
    [InlineData("B'101'", "\"101\"")]
    [InlineData("'pg_class'::regclass", "\"pg_class\"")]
    [InlineData("42::oid", "\"42\"")]
    [InlineData("'a & b'::tsquery", "\"'a' & 'b'\"")]
    [InlineData("'(1,2)'::point", "\"(1,2)\"")]
    [InlineData("'1 2'::int2vector", "\"1 2\"")]
    [InlineData("pg_sleep(0)", "\"\"")]
    public async Task Text_and_what_has_no_form_of_its_own_is_text(string sql, string json) => await ExpectAsync(sql, json);

    [Theory]
    [InlineData("'2024-02-29'::date", "\"2024-02-29\"")]
    [InlineData("'0001-01-01'::date", "\"0001-01-01\"")]
    [InlineData("'9999-12-31'::date", "\"9999-12-31\"")]
    [InlineData("'1969-12-31'::date", "\"1969-12-31\"")]
    [InlineData("'10000-01-01'::date", "\"10000-01-01\"")]
    [InlineData("'0044-03-15 BC'::date", "\"0044-03-15 BC\"")]
    [InlineData("'infinity'::date", "\"infinity\"")]
    [InlineData("'-infinity'::date", "\"-infinity\"")]
    [InlineData("'2024-01-02 03:04:05'::timestamp", "\"2024-01-02T03:04:05Z\"")]
    [InlineData("'2024-01-02 03:04:05.6'::timestamp", "\"2024-01-02T03:04:05.6Z\"")]
    [InlineData("'1999-12-31 23:59:59.999999'::timestamp", "\"1999-12-31T23:59:59.999999Z\"")]
    [InlineData("'2024-01-02 03:04:05+02'::timestamptz", "\"2024-01-02T01:04:05Z\"")]
    [InlineData("'10000-01-01 00:00:00'::timestamp", "\"10000-01-01 00:00:00\"")]
    [InlineData("'0044-03-15 12:00:00.5 BC'::timestamptz", "\"0044-03-15 12:00:00.5+00 BC\"")]
    [InlineData("'infinity'::timestamptz", "\"infinity\"")]
    [InlineData("'-infinity'::timestamp", "\"-infinity\"")]
    [InlineData("'03:04:05.5'::time", "\"03:04:05.5\"")]
    [InlineData("'03:04:05+02'::timetz", "\"03:04:05+02\"")]
    [InlineData("'1 year 2 days 03:04:05'::interval", "\"1 year 2 days 03:04:05\"")]
    public async Task Time_is_iso_text(string sql, string json) => await ExpectAsync(sql, json);

    [Theory]
    [InlineData("'{\"a\": [1, null, \"x\"]}'::jsonb", "{\"a\": [1, null, \"x\"]}")]
    [InlineData("'{\"a\":1,\"a\":2}'::json", "{\"a\":1,\"a\":2}")]
    [InlineData("E'[1,\\n\\t2]'::json", "[1, \t2]")]
    [InlineData("'null'::jsonb", "null")]
    [InlineData("'\"text\"'::jsonb", "\"text\"")]
    [InlineData("ARRAY[1,2,NULL]", "[1,2,null]")]
    [InlineData("'{}'::int[]", "[]")]
    [InlineData("ARRAY[[1,2],[3,4]]", "[[1,2],[3,4]]")]
    [InlineData("'[5:6]={1,2}'::int[]", "[1,2]")]
    [InlineData("ARRAY['a','b,\"c']", "[\"a\",\"b,\\\"c\"]")]
    [InlineData("ARRAY[1.5,'NaN']::numeric[]", "[1.5,null]")]
    [InlineData("ARRAY['1 day']::interval[]", "[\"1 day\"]")]
    [InlineData("ARRAY['{}']::jsonb[]", "[{}]")]
    [InlineData("ARRAY['2024-01-02']::date[]", "[\"2024-01-02\"]")]
    [InlineData("'[1,5)'::int4range", "\"[1,5)\"")]
    [InlineData("'{[1,2),[5,6)}'::int4multirange", "\"{[1,2),[5,6)}\"")]
    [InlineData("ARRAY['[1,5)']::int4range[]", "[\"[1,5)\"]")]
    [InlineData("ROW(1,'a',NULL)", "{\"f1\":1,\"f2\":\"a\",\"f3\":null}")]
    [InlineData("ARRAY[ROW(1,'a')]", "[{\"f1\":1,\"f2\":\"a\"}]")]
    public async Task Structure_is_json(string sql, string json) => await ExpectAsync(sql, json);

    [Fact]
    public async Task Type_made_while_the_api_runs_is_known()
    {
        await fixture.Host.Caller.ValueAsync("SELECT 1");
        await fixture.Database.ExecuteAsync(
            """
            CREATE TYPE mood AS ENUM ('sad', 'ok "so"');
            CREATE DOMAIN year AS int CHECK (VALUE > 0);
            CREATE DOMAIN years AS year[];
            CREATE TYPE spot AS (name text, year year, geom geometry);
            """);

        await ExpectAsync("'ok \"so\"'::mood", "\"ok \\\"so\\\"\"");
        await ExpectAsync("ARRAY['sad', NULL]::mood[]", "[\"sad\",null]");
        await ExpectAsync("2024::year", "2024");
        await ExpectAsync("ARRAY[1, 2]::year[]", "[1,2]");
        await ExpectAsync("ARRAY[1, 2]::years", "[1,2]");
        await ExpectAsync("ROW('a', 2024, ST_Point(1, 2))::spot", "{\"name\":\"a\",\"year\":2024,\"geom\":{\"type\":\"Point\",\"coordinates\":[1,2]}}");
    }

    [Fact]
    public async Task Row_of_a_table_is_an_object()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE pair (a int, \"B\" text); INSERT INTO pair VALUES (1, 'x')");

        Assert.Equal("{\"a\":1,\"B\":\"x\"}", await fixture.Host.Caller.ValueAsync("SELECT pair FROM pair"));
    }

    private async Task ExpectAsync(string sql, string json) => Assert.Equal(json, await fixture.Host.Caller.ValueAsync($"SELECT {sql} AS v"));
}
