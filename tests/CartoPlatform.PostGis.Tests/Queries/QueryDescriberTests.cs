using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Types;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Queries;

/// <summary>Values of JSON in places of every type, and the columns of queries, on a real PostGIS.</summary>
public sealed class QueryDescriberTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.ExecuteAsync(
        """
        DROP SCHEMA IF EXISTS shop CASCADE;
        CREATE SCHEMA shop;
        CREATE TYPE shop.size AS ENUM ('small', 'big');
        CREATE DOMAIN shop.code AS varchar(5);
        CREATE DOMAIN shop.codes AS shop.code[];
        CREATE TABLE shop.item (
            id int, small int2, big int8, price numeric, weight float8, name text, code shop.code, size shop.size, sizes shop.size[], codes shop.codes,
            sold bool, key uuid, at timestamptz, day date, tags jsonb, note json, span interval, geom geometry(Point, 4326), area geography, ids int[]);
        INSERT INTO shop.item VALUES (
            1, 2, 3, 4.5, 0.5, 'one', 'a', 'small', '{small,big}', '{a,b}', true, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2024-01-02T03:04:05Z', '2024-01-02',
            '{"a": [1, 2], "b": "x"}', '{}', '1 day', ST_Point(1, 2, 4326), ST_Point(1, 2)::geography, '{1,2,3}');
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("1", "integer")]
    [InlineData("2147483648", "bigint")]
    [InlineData("1.5", "numeric")]
    [InlineData("1e300", "double precision")]
    [InlineData("123456789012345678901234567890", "numeric")]
    [InlineData("true", "boolean")]
    [InlineData("\"x\"", "text")]
    [InlineData("null", "text")]
    [InlineData("{\"a\":1}", "jsonb")]
    [InlineData("[1,2,null]", "integer[]")]
    [InlineData("[1,2147483648]", "bigint[]")]
    [InlineData("[1,2.5]", "numeric[]")]
    [InlineData("[1,1e300]", "double precision[]")]
    [InlineData("[true,null]", "boolean[]")]
    [InlineData("[\"a\",null]", "text[]")]
    [InlineData("[[1,2],[3,4]]", "integer[]")]
    [InlineData("[[1,2],[3]]", "jsonb")]
    [InlineData("[1,\"a\"]", "jsonb")]
    [InlineData("[{\"a\":1}]", "jsonb")]
    [InlineData("[]", "text[]")]
    [InlineData("[[],[]]", "text[]")]
    [InlineData("[[[[[[[1]]]]]]]", "jsonb")]
    public async Task Value_keeps_its_type(string json, string type)
    {
        Assert.Equal(type, await ValueAsync("SELECT pg_typeof(v)::text FROM (SELECT $1 AS v) q", $"[{json}]"));
        Assert.Equal(type, await ValueAsync("SELECT pg_typeof($1)::text", $"[{json}]"));
    }

    [Theory]
    [InlineData("id = $1", "1")]
    [InlineData("id = $1", "1.0")]
    [InlineData("id = $1", "\"1\"")]
    [InlineData("id < $1", "1.5")]
    [InlineData("id < $1", "99999999999")]
    [InlineData("id = ANY($1)", "[1,2]")]
    [InlineData("id = ANY($1)", "[\"1\",\"2\"]")]
    [InlineData("id = ANY($1)", "[1,2.5,null]")]
    [InlineData("NOT id = ANY($1)", "[]")]
    [InlineData("$1 = ANY(ids)", "2")]
    [InlineData("ids && $1", "[3,4]")]
    [InlineData("id IN ($1, $1)", "1")]
    [InlineData("id BETWEEN $1 AND $1", "1")]
    [InlineData("small = $1", "2")]
    [InlineData("big = $1", "3")]
    [InlineData("price = $1", "4.5")]
    [InlineData("price > $1", "1e-3")]
    [InlineData("weight = $1", "0.5")]
    [InlineData("name = $1", "\"one\"")]
    [InlineData("name LIKE $1", "\"o%\"")]
    [InlineData("name ILIKE '%' || $1 || '%'", "\"N\"")]
    [InlineData("name = ANY($1)", "[\"one\",\"it's \\\\ \\\"quoted\\\"\"]")]
    [InlineData("name <> $1", "1")]
    [InlineData("NOT name = ANY($1)", "[1,2]")]
    [InlineData("NOT name = ANY($1)", "[1,\"two\"]")]
    [InlineData("name || $1 = 'one1'", "1")]
    [InlineData("format('%s', $1) = 'x'", "\"x\"")]
    [InlineData("concat($1, name) = 'x-one'", "\"x-\"")]
    [InlineData("length($1) = 3", "\"abc\"")]
    [InlineData("code = $1", "\"a\"")]
    [InlineData("size = $1", "\"small\"")]
    [InlineData("size = ANY($1)", "[\"small\"]")]
    [InlineData("sizes @> $1", "[\"small\"]")]
    [InlineData("sold = $1", "true")]
    [InlineData("sold = $1", "\"yes\"")]
    [InlineData("sold = $1", "1")]
    [InlineData("key = $1", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"")]
    [InlineData("key = ANY($1)", "[\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\",null]")]
    [InlineData("at > $1", "\"2024-01-01T00:00:00.000Z\"")]
    [InlineData("at > $1 AND at < $2", "\"2024-01-01\"", "\"2024-02-01\"")]
    [InlineData("day = $1", "\"2024-01-02\"")]
    [InlineData("day + $1 = '2024-01-03'", "1")]
    [InlineData("at + $1 > at", "\"1 day\"")]
    [InlineData("span * $1 > span", "2")]
    [InlineData("tags @> $1", "{\"a\":[1]}")]
    [InlineData("tags->'a' @> $1", "[1]")]
    [InlineData("tags ? $1", "\"b\"")]
    [InlineData("tags ?| $1", "[\"b\",\"c\"]")]
    [InlineData("tags->>$1 = 'x'", "\"b\"")]
    [InlineData("tags->'a'->$1 = '2'", "1")]
    [InlineData("note::text = $1::text", "{}")]
    [InlineData("$1 IS NULL", "null")]
    [InlineData("($1 IS NULL OR id = $1)", "null")]
    [InlineData("($1 IS NULL OR id = $1)", "1")]
    [InlineData("($1 IS NULL OR at > $1)", "\"2024-01-01\"")]
    [InlineData("($1 IS NULL OR at > $1) AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR name = $3)", "\"2024-01-01\"", "null", "null")]
    [InlineData("'😀é' <> '' AND ($1 IS NULL OR id = $1)", "null")]
    [InlineData("id = $1 AND name <> $1", "1")]
    [InlineData("name <> $1 AND id = $1", "1")]
    [InlineData("coalesce($1, id) = 1", "null")]
    [InlineData("ST_DWithin(geom, ST_SetSRID(ST_MakePoint($1, $2), 4326), $3)", "1", "2.0", "0.001")]
    [InlineData("ST_Intersects(geom, ST_SetSRID(ST_GeomFromGeoJSON($1), 4326))", "{\"type\":\"Point\",\"coordinates\":[1,2]}")]
    [InlineData("geom = $1", "\"SRID=4326;POINT(1 2)\"")]
    [InlineData("id = $1::int", "\"1\"")]
    [InlineData("id = CAST($1 AS numeric)", "1")]
    [InlineData("name = $1 AND id = $2 AND at > $3 AND concat($4, 'x') = 'yx' AND name <> $5", "\"one\"", "1", "\"2024-01-01\"", "\"y\"", "7")]
    public async Task Value_fits_where_it_is_used(string condition, params string[] values) =>
        Assert.Equal(1L, await ValueAsync($"SELECT count(*) FROM shop.item WHERE {condition}", $"[{string.Join(',', values)}]"));

    [Theory]
    [InlineData("SELECT nothing($1)", "[1]", PostgresErrorCodes.UndefinedFunction, "function nothing(integer) does not exist")]
    [InlineData("SELECT id = $1 FROM nowhere", "[1]", PostgresErrorCodes.UndefinedTable, "relation \"nowhere\" does not exist")]
    [InlineData("SELECT FROM WHERE", "[]", PostgresErrorCodes.SyntaxError, "syntax error at or near \"WHERE\"")]
    [InlineData("SELECT (", "[]", PostgresErrorCodes.SyntaxError, "syntax error at end of input")]
    [InlineData("SELECT 'open", "[]", PostgresErrorCodes.SyntaxError, null)]
    [InlineData("SELECT 1 /* open", "[]", PostgresErrorCodes.SyntaxError, null)]
    public async Task Wrong_statement_is_refused_as_the_database_says(string sql, string values, string state, string? text)
    {
        var exception = await Assert.ThrowsAsync<PostgresException>(() => DescribeAsync(sql, values));

        Assert.Equal(state, exception.SqlState);
        if (text is not null) Assert.Equal(text, exception.MessageText);
    }

    [Fact]
    public async Task Statement_with_thousands_of_values_of_the_wrong_type_is_given_up_soon()
    {
        var sql = $"SELECT {string.Join(" AND ", Enumerable.Range(1, 2_000).Select(i => $"nothing(${i})"))}";

        await Assert.ThrowsAsync<PostgresException>(() => DescribeAsync(sql, $"[{string.Join(',', Enumerable.Range(1, 2_000))}]"));
    }

    [Fact]
    public async Task Value_used_twice_stays_one_parameter() => Assert.Equal(
        1L, await ValueAsync("SELECT count(*) FROM (SELECT date_trunc($1, at) FROM shop.item GROUP BY date_trunc($1, at)) q", "[\"day\"]"));

    [Fact]
    public async Task Thousands_of_values_are_bound()
    {
        var sql = $"SELECT sum(v) FROM (VALUES {string.Join(", ", Enumerable.Range(1, 5_000).Select(i => $"(${i})"))}) AS t(v)";

        Assert.Equal(12_502_500L, await ValueAsync(sql, $"[{string.Join(',', Enumerable.Range(1, 5_000))}]"));
    }

    [Fact]
    public async Task Values_of_many_megabytes_are_bound()
    {
        var ids = $"[[{string.Join(',', Enumerable.Range(1, 500_000))}]]";

        Assert.Equal(500_000L, await ValueAsync("SELECT count(*) FROM unnest($1)", ids));
        Assert.Equal(5_000_000, await ValueAsync("SELECT length($1)", $"[\"{new string('x', 5_000_000)}\"]"));
    }

    [Fact]
    public async Task Columns_are_told_in_order_with_their_kinds()
    {
        var query = await DescribeAsync("SELECT * FROM shop.item");

        Assert.Equal(
            [
                ("id", "int4", ColumnKind.Int32), ("small", "int2", ColumnKind.Int16), ("big", "int8", ColumnKind.Int64), ("price", "numeric", ColumnKind.Numeric),
                ("weight", "float8", ColumnKind.Double), ("name", "text", ColumnKind.Text), ("code", "varchar", ColumnKind.Text), ("size", "size", ColumnKind.Text),
                ("sizes", "_size", ColumnKind.Array), ("codes", "_code", ColumnKind.Array), ("sold", "bool", ColumnKind.Boolean), ("key", "uuid", ColumnKind.Text),
                ("at", "timestamptz", ColumnKind.TimestampWithZone), ("day", "date", ColumnKind.Date), ("tags", "jsonb", ColumnKind.Json), ("note", "json", ColumnKind.Json),
                ("span", "interval", ColumnKind.Other), ("geom", "geometry", ColumnKind.Geometry), ("area", "geography", ColumnKind.Geography), ("ids", "_int4", ColumnKind.Array),
            ],
            query.Columns.Select(column => (column.Name, column.TypeName, column.Kind)));
    }

    [Theory]
    [InlineData("SELECT 1, 2, 1 AS a, 3 AS a", "?column?,?column?,a,a")]
    [InlineData("SELECT", "")]
    [InlineData("VALUES (1, 'a'), (2, 'b')", "column1,column2")]
    [InlineData("TABLE shop.item LIMIT 0", "id,small,big,price,weight,name,code,size,sizes,codes,sold,key,at,day,tags,note,span,geom,area,ids")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n", "i")]
    [InlineData("SELECT i.* FROM (SELECT 1 AS \"q) AS x; --\") i", "q) AS x; --")]
    [InlineData("INSERT INTO shop.item (id) VALUES (9)", "")]
    public async Task Names_are_the_results_own(string sql, string names) =>
        Assert.Equal(names, string.Join(',', (await DescribeAsync(sql)).Columns.Select(column => column.Name)));

    [Theory]
    [InlineData("SELECT 1, 2 -- end", 1L)]
    [InlineData("SELECT 1 AS a, 2 AS a", 1L)]
    [InlineData("VALUES (1), (2)", 2L)]
    [InlineData("SELECT", 1L)]
    [InlineData("SELECT FROM shop.item, shop.item b", 1L)]
    [InlineData("SELECT * FROM shop.item a JOIN shop.item b USING (id) ORDER BY 1", 1L)]
    [InlineData("(SELECT 1) UNION ALL (SELECT 2)", 2L)]
    [InlineData("WITH a AS (SELECT 1) TABLE a", 1L)]
    public async Task Query_stands_as_a_subquery(string sql, long rows)
    {
        var query = await DescribeAsync(sql);
        await using var command = fixture.Reader.CreateCommand($"SELECT count(*) FROM {query.AsSubquery("q")}");
        query.AddParameters(command.Parameters);

        Assert.Equal(rows, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Describing_runs_nothing()
    {
        await DescribeAsync("INSERT INTO shop.item (id) VALUES (2)");
        await DescribeAsync("SELECT pg_sleep(3600)");
        await DescribeAsync("DROP TABLE shop.item");

        Assert.Equal(1L, await ValueAsync("SELECT count(*) FROM shop.item"));
    }

    [Fact]
    public async Task Changed_table_is_described_as_it_is_however_often_it_was_before()
    {
        await using var pool = NpgsqlDataSource.Create(fixture.ReaderConnectionString + ";Max Auto Prepare=10;Auto Prepare Min Usages=2;Maximum Pool Size=1");
        var describer = new QueryDescriber(pool, new TypeCatalog());
        var query = Bind("SELECT * FROM shop.changing", null);
        await fixture.ExecuteAsync("CREATE TABLE shop.changing (id int)");
        for (var again = 0; again < 4; again++) Assert.Single((await describer.DescribeAsync(query, CancellationToken.None)).Columns);

        await fixture.ExecuteAsync("ALTER TABLE shop.changing ADD name text");

        Assert.Equal(2, (await describer.DescribeAsync(query, CancellationToken.None)).Columns.Count);
    }

    [Fact]
    public async Task Described_query_runs_any_number_of_times()
    {
        var query = await DescribeAsync("SELECT $1 AS v", "[5]");

        for (var again = 0; again < 3; again++) Assert.Equal(5, await RunAsync(query));
    }

    private async Task<object?> ValueAsync(string sql, string? values = null) => await RunAsync(await DescribeAsync(sql, values));

    private async Task<object?> RunAsync(DescribedQuery query)
    {
        await using var command = fixture.Reader.CreateCommand($"SELECT * FROM {query.AsSubquery("q")}");
        query.AddParameters(command.Parameters);
        return await command.ExecuteScalarAsync();
    }

    private Task<DescribedQuery> DescribeAsync(string sql, string? values = null) =>
        new QueryDescriber(fixture.Reader, new TypeCatalog()).DescribeAsync(Bind(sql, values), CancellationToken.None);

    private static BoundQuery Bind(string sql, string? values)
    {
        Assert.True(SqlText.TryParse(sql, out var text, out var error), error);
        Assert.True(QueryParameters.TryParse(values, out var parameters, out error), error);
        Assert.True(text.TryBind(parameters, out var query, out error), error);
        return query;
    }
}
