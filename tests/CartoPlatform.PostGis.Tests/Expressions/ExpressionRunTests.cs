using System.Text.Json;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Expressions;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Expressions;

/// <summary>What users write, as PostgreSQL reads it itself, against what is written for them.</summary>
public sealed class ExpressionRunTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private const string Table = "shop.item";

    private static readonly List<ColumnReference> Columns =
    [
        .. new[] { "id", "sales", "area", "price", "weight", "name", "kind", "sold", "at", "day", "span", "geom", "Mixed \"Name\"", "größe" }
            .Select(name => new ColumnReference(new Column(name, "text", ColumnKind.Other), $"s.{SqlIdentifier.Quote(name)}")),
    ];

    public Task InitializeAsync() => fixture.ExecuteAsync(
        """"
        DROP SCHEMA IF EXISTS shop CASCADE;
        CREATE SCHEMA shop;
        CREATE TABLE shop.item (
          id int, sales int, area numeric, price numeric(10, 2), weight float8, name text, kind varchar(10), sold bool, at timestamptz, day date,
          span interval, geom geometry(Polygon, 4326), "Mixed ""Name""" int, größe int);
        INSERT INTO shop.item
        SELECT n, n * 3 % 17, n / 7.0, n * 1.25, n * 0.5, 'Name ' || n, (ARRAY['a', 'b', 'ç'])[n % 3 + 1], n % 2 = 0,
               TIMESTAMPTZ '2024-01-31 12:30:00Z' + n * INTERVAL '31 days 1 hour', DATE '2024-01-31' + n * 45, n * INTERVAL '1 day 2 hours',
               ST_MakeEnvelope(n, n, n + 1, n + 2, 4326), n, -n
        FROM generate_series(1, 40) AS n;
        INSERT INTO shop.item (id, weight, name) VALUES (100, 'NaN', ''), (101, 'Infinity', E'it''s \\ "quoted" ✓'), (102, '-Infinity', NULL);
        """");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("sum(sales)/sum(area)")]
    [InlineData("sum(sales) / count(*) * -1 + 2 ^ -1 - 7 % 4")]
    [InlineData("-2^2")]
    [InlineData("2^3^2")]
    [InlineData("- 2 * 3 - - 4")]
    [InlineData("2 + 3 * 4 / 5 % 6 - 1")]
    [InlineData("10 - 4 - 3")]
    [InlineData("NOT true = false OR true AND false")]
    [InlineData("NOT max(sales) > 3 IS NULL")]
    [InlineData("max(sales) = 16 IS TRUE")]
    [InlineData("'a' || 'b' LIKE 'a' || '%'")]
    [InlineData("max(kind) || 1 + 2")]
    [InlineData("max(sales) BETWEEN 1 AND 16 AND max(sales) NOT BETWEEN 20 AND 30")]
    [InlineData("max(sales) BETWEEN 1 AND 3 = false")]
    [InlineData("max(sales) + 1 IN (17, 18) = true")]
    [InlineData("max(name) NOT LIKE 'x%' AND min(name) ILIKE 'NAME%'")]
    [InlineData("NULL IS DISTINCT FROM 1 + 1")]
    [InlineData("(max(sales) ISNULL) = (min(sales) NOTNULL)")]
    [InlineData("1.5e3 + .5 + 2. + 12345678901234567890")]
    [InlineData("-9223372036854775808")]
    [InlineData("1::numeric / 3")]
    [InlineData("(-1)::int2::text || 'x'")]
    [InlineData("count(*)")]
    [InlineData("count(name)")]
    [InlineData("COUNT(DISTINCT kind)")]
    [InlineData("count(ALL kind)")]
    [InlineData("count(*) FILTER (WHERE sold AND sales > 3)")]
    [InlineData("avg(price) FILTER (WHERE kind IN ('a', 'ç'))")]
    [InlineData("sum(weight)")]
    [InlineData("max(weight)")]
    [InlineData("min(weight)")]
    [InlineData("stddev(sales) + stddev_pop(sales) + stddev_samp(sales) + variance(sales) + var_pop(sales) + var_samp(sales)")]
    [InlineData("bool_and(sold) OR bool_or(sold) AND every(sold)")]
    [InlineData("bit_and(sales) + bit_or(sales)")]
    [InlineData("string_agg(DISTINCT kind, ', ' ORDER BY kind DESC)")]
    [InlineData("string_agg(name, E'\\n' ORDER BY sold DESC NULLS LAST, id ASC NULLS FIRST)")]
    [InlineData("percentile_cont(0.5) WITHIN GROUP (ORDER BY price)")]
    [InlineData("percentile_disc(0.25 + 0.5) WITHIN GROUP (ORDER BY kind DESC) FILTER (WHERE sold)")]
    [InlineData("mode() WITHIN GROUP (ORDER BY kind)")]
    [InlineData("corr(sales, price) + covar_pop(sales, price) + covar_samp(sales, price)")]
    [InlineData("regr_slope(price, sales) + regr_count(price, sales) + regr_r2(price, sales) + regr_intercept(price, sales)")]
    [InlineData("CASE WHEN count(*) > 10 THEN 'many' WHEN count(*) = 0 THEN NULL ELSE 'few' END")]
    [InlineData("sum(CASE kind WHEN 'a' THEN 1 WHEN 'b' THEN 2 ELSE -1 END)")]
    [InlineData("CASE WHEN true THEN 1 END::text || 'x'")]
    [InlineData("CAST(avg(price) AS numeric(10, 2))")]
    [InlineData("avg(price)::double precision")]
    [InlineData("max(name)::varchar(3)")]
    [InlineData("COALESCE(sum(sales) FILTER (WHERE false), 0) + NULLIF(1, 2) + GREATEST(1, max(sales)) + LEAST(2, 3)")]
    [InlineData("EXTRACT(year FROM max(at)) + extract(EPOCH from max(span)) + EXTRACT(dow FROM min(day))")]
    [InlineData("max(at) > TIMESTAMP WITH TIME ZONE '2024-05-01 00:00:00Z'")]
    [InlineData("max(day) - DATE '2024-01-01'")]
    [InlineData("max(day) + INTERVAL '1 month 2 days'")]
    [InlineData("max(at AT TIME ZONE 'Asia/Tokyo')")]
    [InlineData("max(date_trunc('month', at)) - min(date_trunc('month', at, 'UTC'))")]
    [InlineData("max(to_char(at, 'YYYY-MM-DD')) || to_char(sum(price), 'FM999990.00')")]
    [InlineData("date_part('month', max(day)) + date_part('day', age(max(at), min(at)))")]
    [InlineData("count(DISTINCT date_bin('1 day', at, TIMESTAMPTZ '2000-01-01'))")]
    [InlineData("max(make_date(2024, 2, 29)) > to_date('2024-01', 'YYYY-MM')")]
    [InlineData("round(avg(price), 2) + trunc(avg(price)) + ceil(avg(price)) + floor(avg(price)) + abs(-1) + sign(-2)")]
    [InlineData("sqrt(4) + cbrt(8) + exp(1) + ln(2) + log(10) + log(2, 8) + power(2, 3) + pow(2, 0.5) + mod(7, 3) + div(7, 2) + pi()")]
    [InlineData("degrees(pi()) + radians(180) + sin(1) + cos(1) + tan(1) + atan2(1, 2)")]
    [InlineData("width_bucket(avg(price), 0, 100, 10)")]
    [InlineData("max(upper(trim(name)) || lower(kind) || initcap('x y') || left(name, 2) || right(name, 2) || substring(name, 2, 3))")]
    [InlineData("max(length(name)) + max(strpos(name, 'm')) + max(octet_length(kind)) + max(ascii(kind))")]
    [InlineData("max(concat(name, 1, NULL, kind)) || max(concat_ws('-', name, kind)) || max(split_part(name, ' ', 2)) || md5(max(name))")]
    [InlineData("max(translate(name, 'N', 'M')) || max(reverse(name)) || chr(233) || btrim(' x ', ' ')")]
    [InlineData("bool_or(starts_with(name, 'Name'))")]
    [InlineData("sum(ST_Area(geom::geography))")]
    [InlineData("sum(st_area(geom)) + sum(ST_Perimeter(geom)) + max(ST_XMax(geom)) + max(ST_NPoints(geom)) + max(ST_Y(ST_Centroid(geom)))")]
    [InlineData("round(sum(ST_Area(ST_Transform(geom, 3857)))::numeric, 2)")]
    [InlineData("max(Sales) + max(SALES)")]
    [InlineData("max(\"Mixed \"\"Name\"\"\") + max(größe)")]
    [InlineData("max(name) = E'it\\'s \\\\ \"quoted\" \\u2713'")]
    [InlineData("count(*) FILTER (WHERE name = 'it''s \\ \"quoted\" ✓')")]
    [InlineData("/* one */ sum(sales) -- two\n + 1 /* /* three */ */")]
    [InlineData("1")]
    [InlineData("NULL")]
    [InlineData("'text'")]
    public async Task What_is_written_gives_what_the_original_gives(string text)
    {
        var sql = AggregateExpression.Parse(text).ToSql(Columns, await SpatialAsync());

        Assert.Equal(await RunAsync($"{text}\nAS value"), await RunAsync($"{sql} AS value"));
    }

    [Fact]
    public async Task List_gives_the_names_and_values_of_the_original()
    {
        const string Text = "sum(sales) AS \"Total\", avg(price), max(name)::text, case when true then 1 else min(sales) end, 1, count(*) AS \"say \"\"n\"\"\"";
        var sql = AggregateExpressionList.Parse(Text).ToSql(Columns, await SpatialAsync());

        Assert.Equal(await RunAsync(Text), await RunAsync(sql));
    }

    [Fact]
    public async Task Function_of_a_user_does_not_stand_in_for_postgresqls()
    {
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION shop.st_area(geometry) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT -1::float8';
            CREATE FUNCTION shop.upper(varchar) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'hijacked' $$;
            CREATE FUNCTION shop.keep(varchar, varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS 'SELECT $1';
            CREATE AGGREGATE shop.max(varchar) (sfunc = shop.keep, stype = varchar, initcond = 'hijacked');
            """);
        const string Text = "max(kind) || max(upper(kind)) || sum(st_area(geom)) AS value";
        const string SearchPath = "SET LOCAL search_path = shop, pg_catalog, public; ";

        var expected = await RunAsync(Text);
        Assert.NotEqual(expected, await RunAsync(Text, SearchPath));
        Assert.Equal(expected, await RunAsync(AggregateExpressionList.Parse(Text).ToSql(Columns, await SpatialAsync()), SearchPath));
    }

    [Fact]
    public async Task Largest_expression_is_within_the_databases_stack()
    {
        var sum = "1" + string.Concat(Enumerable.Repeat("+1", 499));
        Assert.Contains("500", await RunAsync(AggregateExpression.Parse(sum).ToSql(Columns, null)), StringComparison.Ordinal);

        var nested = string.Concat(Enumerable.Repeat("abs(", 30)) + "1" + new string(')', 30);
        Assert.Contains("1", await RunAsync(AggregateExpression.Parse(nested).ToSql(Columns, null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sum(ST_Area(ST_Transform(geom, 3857)))")]
    [InlineData("count(*) FILTER (WHERE name LIKE 'N%') + percentile_cont(0.5) WITHIN GROUP (ORDER BY id)")]
    public async Task Plan_reads_the_source_alone(string text)
    {
        var sql = AggregateExpression.Parse(text).ToSql(Columns, await SpatialAsync());
        await using var command = fixture.Reader.CreateCommand($"EXPLAIN (FORMAT JSON, VERBOSE) SELECT {sql} FROM {Table} AS s");
        var plan = (string)(await command.ExecuteScalarAsync())!;

        Assert.Equal(["item"], Relations(JsonDocument.Parse(plan).RootElement));
    }

    private static IEnumerable<string> Relations(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Relations),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "Relation Name" ? [property.Value.GetString()!] : Relations(property.Value)),
        _ => [],
    };

    private ValueTask<string?> SpatialAsync() => new SpatialSchema(fixture.Reader).FindAsync(CancellationToken.None);

    private async Task<string> RunAsync(string sql, string setUp = "")
    {
        await using var connection = await fixture.Reader.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (setUp.Length > 0)
        {
            await using var first = new NpgsqlCommand(setUp, connection);
            await first.ExecuteNonQueryAsync();
        }

        await using var command = new NpgsqlCommand($"SELECT row_to_json(q)::text FROM (SELECT {sql}\nFROM {Table} AS s) AS q", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
