using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Expressions;

namespace CartoPlatform.PostGis.Tests.Expressions;

public sealed class AggregateExpressionTests
{
    [Theory]
    [InlineData("sum(sales)/sum(area)", "(sum(sales) / sum(area))")]
    [InlineData("SUM(a)+-1*2 - 3", "((sum(a) + ((- 1) * 2)) - 3)")]
    [InlineData("sum(a)*-1", "(sum(a) * (- 1))")]
    [InlineData("-2^2", "((- 2) ^ 2)")]
    [InlineData("2^ -3^2", "((2 ^ (- 3)) ^ 2)")]
    [InlineData("- - 1", "(- (- 1))")]
    [InlineData("-1::int", "(- CAST(1 AS int4))")]
    [InlineData("sum(a - b - c)", "sum(((a - b) - c))")]
    [InlineData("sum(a) > 1 and not max(b) = 2 or true", "(((sum(a) > 1) AND (NOT (max(b) = 2))) OR TRUE)")]
    [InlineData("max(a) || 'x' || 'y' = 'z'", "(((max(a) || 'x') || 'y') = 'z')")]
    [InlineData("max(a) between 1 and 2 and true", "((max(a) BETWEEN 1 AND 2) AND TRUE)")]
    [InlineData("max(a) not between -1 and 1+1", "(max(a) NOT BETWEEN (- 1) AND (1 + 1))")]
    [InlineData("max(a) is not null is true", "((max(a) IS NOT NULL) IS TRUE)")]
    [InlineData("max(a) ISNULL", "(max(a) IS NULL)")]
    [InlineData("max(a) is distinct from min(a) + 1", "(max(a) IS DISTINCT FROM (min(a) + 1))")]
    [InlineData("max(a) NOT IN (1, 2) = false", "((max(a) NOT IN (1, 2)) = FALSE)")]
    [InlineData("max(a) not ilike 'x%'", "(max(a) NOT ILIKE 'x%')")]
    [InlineData("max(a) != 1", "(max(a) <> 1)")]
    [InlineData("max(a)<-1", "(max(a) < (- 1))")]
    [InlineData("max(t AT TIME ZONE 'UTC')", "max((t AT TIME ZONE 'UTC'))")]
    [InlineData("count(*)", "count(*)")]
    [InlineData("count( /* all */ * )", "count(*)")]
    [InlineData("COUNT(DISTINCT x)", "count(DISTINCT x)")]
    [InlineData("count(all \"X\"\"y\")", "count(\"X\"\"y\")")]
    [InlineData("sum(a) filter (where b > 0)", "sum(a) FILTER (WHERE (b > 0))")]
    [InlineData("string_agg(a, ', ' order by b desc nulls last, c)", "string_agg(a, ', ' ORDER BY b DESC NULLS LAST, c)")]
    [InlineData("percentile_cont(0.5) within group (order by a)", "percentile_cont(0.5) WITHIN GROUP ( ORDER BY a)")]
    [InlineData("mode() WITHIN GROUP (ORDER BY a) FILTER (WHERE a IS NOT NULL)", "mode() WITHIN GROUP ( ORDER BY a) FILTER (WHERE (a IS NOT NULL))")]
    [InlineData("case when count(*) > 1 then 'many' else 'one' end", "CASE WHEN (count(*) > 1) THEN 'many' ELSE 'one' END")]
    [InlineData("sum(case kind when 'a' then 1 when 'b' then 2 end)", "sum(CASE kind WHEN 'a' THEN 1 WHEN 'b' THEN 2 END)")]
    [InlineData("cast(sum(a) as double precision)", "CAST(sum(a) AS float8)")]
    [InlineData("sum(a)::numeric(10, 2)::text", "CAST(CAST(sum(a) AS numeric(10,2)) AS text)")]
    [InlineData("max(t) > timestamp with time zone '2024-01-01'", "(max(t) > CAST('2024-01-01' AS timestamptz))")]
    [InlineData("max(date) - DATE '2024-01-01'", "(max(date) - CAST('2024-01-01' AS date))")]
    [InlineData("extract(year from max(t))", "EXTRACT(year FROM max(t))")]
    [InlineData("coalesce(nullif(sum(a), 0), 1)", "COALESCE(NULLIF(sum(a), 0), 1)")]
    [InlineData("max(E'a\\'b\\n\\u00e9')", "max('a''b\né')")]
    [InlineData(@"max('a\b')", @"max(E'a\\b')")]
    [InlineData("sum(a) -- the end", "sum(a)")]
    [InlineData("1", "1")]
    [InlineData("1.5e-3", "1.5e-3")]
    [InlineData("sum(größe)", "sum(größe)")]
    [InlineData("max(trim(left(name, 3)))", "max(trim(left(name, 3)))")]
    public void Expression_is_read_as_postgresql_reads_it(string text, string canonical)
    {
        var expression = AggregateExpression.Parse(text);

        Assert.Equal(canonical, expression.ToString());
        Assert.Equal(canonical, AggregateExpression.Parse(canonical).ToString());
    }

    [Theory]
    [InlineData("price", "The column price must stand inside an aggregate function, such as max(price) (at character 1)")]
    [InlineData("sum(a) + \"B\"", "The column B must stand inside an aggregate function, such as max(B) (at character 10)")]
    [InlineData("sum(max(a))", "The aggregate max cannot stand inside another aggregate (at character 5)")]
    [InlineData("sum(a) FILTER (WHERE max(b) > 1)", "The aggregate max cannot stand inside another aggregate (at character 22)")]
    [InlineData("percentile_cont(a) WITHIN GROUP (ORDER BY a)", "The column a cannot stand where the same value holds for all rows (at character 17)")]
    [InlineData("percentile_cont(sum(a)) WITHIN GROUP (ORDER BY a)", "The aggregate sum cannot stand where the same value holds for all rows (at character 17)")]
    [InlineData("percentile_cont(0.5)", "WITHIN is expected before the end of the expression (at character 21)")]
    [InlineData("sum(a, b)", "The function sum takes 1 argument, not 2 (at character 1)")]
    [InlineData("sum()", "The function sum takes 1 argument, not 0 (at character 1)")]
    [InlineData("max(round(a, 1, 2))", "The function round takes 1 to 2 arguments, not 3 (at character 5)")]
    [InlineData("sum(*)", "* cannot stand here (at character 5)")]
    [InlineData("sum(a) sum(b)", "sum cannot stand here (at character 8)")]
    [InlineData("sum(a", ") is expected before the end of the expression (at character 6)")]
    [InlineData("sum(a))", ") cannot stand here (at character 7)")]
    [InlineData("", "The expression is empty (at character 1)")]
    [InlineData(" -- nothing", "the end of the expression cannot stand here (at character 12)")]
    [InlineData("sum(order)", "order cannot stand here: an expression holds no queries and no clauses of one (at character 5)")]
    [InlineData("max(a) < 1 < 2", "Comparisons cannot follow one another without brackets (at character 12)")]
    [InlineData("sum(t.a)", "Write the column or function alone, without t and a dot before it (at character 5)")]
    [InlineData("sum(a) OVER ()", "Window functions are not available in expressions (at character 8)")]
    [InlineData("max(a ~ 'x')", "The operator ~ is not available in expressions (at character 7)")]
    [InlineData("2^-3", "The operator ^- is not available in expressions (at character 2)")]
    [InlineData("sum(1x)", "A number must not be followed by a letter or a quote (at character 6)")]
    [InlineData("sum(1e999)", "1e999 is not a number, or too large a one (at character 5)")]
    [InlineData("sum(1.2.3)", "1.2.3 is not a number, or too large a one (at character 5)")]
    [InlineData("max(a)::regclass", "Expressions cannot cast to the type regclass (at character 9)")]
    [InlineData("max(a)::int(3)", "The type int4 has no such modifier (at character 12)")]
    [InlineData("max('a", "A quote is not closed (at character 5)")]
    [InlineData("sum(a) /* and", "A comment is not closed (at character 8)")]
    [InlineData("max(\u0001)", "The character U+0001 cannot stand in an expression (at character 5)")]
    public void Error_says_what_and_where(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ExpressionException>(() => AggregateExpression.Parse(text)).Message);

    [Fact]
    public void Expression_has_limits_of_length_parts_and_depth()
    {
        Assert.Equal("1", AggregateExpression.Parse(new string(' ', 9_999) + "1").ToString());
        Refused(new string(' ', 10_000) + "1", "longer than 10000 characters");
        AggregateExpression.Parse("1" + string.Concat(Enumerable.Repeat("+1", 499)));
        Refused("1" + string.Concat(Enumerable.Repeat("+1", 500)), "more than 1000 parts");
        AggregateExpression.Parse(new string('(', 63) + "1" + new string(')', 63));
        Refused(new string('(', 64) + "1" + new string(')', 64), "deeper than 64 levels");
        Refused(string.Concat(Enumerable.Repeat("- ", 4_000)) + "1", "deeper than 64 levels");
        Refused(string.Concat(Enumerable.Repeat("NOT ", 2_000)) + "true", "deeper than 64 levels");
        Refused(string.Concat(Enumerable.Repeat("abs(", 2_000)), "deeper than 64 levels");
        Refused("1" + string.Concat(Enumerable.Repeat("::int", 1_500)), "more than 1000 parts");
    }

    [Fact]
    public void Columns_are_told_once_each_as_written() =>
        Assert.Equal(["Sales", "area", "a b"], AggregateExpression.Parse("sum(Sales)/sum(area) + max(\"a b\") + min(Sales)").Columns);

    [Theory]
    [InlineData("max(pop)", "s.\"pop\"")]
    [InlineData("max(POP)", "s.\"pop\"")]
    [InlineData("max(\"Pop\")", "s.\"Pop\"")]
    [InlineData("max(\"PoP\")", null)]
    [InlineData("max(area)", "s.\"Area\"")]
    [InlineData("max(\"area\")", null)]
    [InlineData("max(\"Area\")", "s.\"Area\"")]
    [InlineData("max(Id)", "s.\"Id\"")]
    [InlineData("max(id)", null)]
    [InlineData("max(\"a\"\"b\")", "s.\"a\"\"b\"")]
    public void Column_is_found_as_postgresql_would_and_else_by_case(string text, string? sql)
    {
        var columns = Columns("pop", "Pop", "Area", "Id", "ID", "a\"b");
        var expression = AggregateExpression.Parse(text);

        Assert.Equal(sql is null ? expression.Columns[0] : null, expression.FindMissingColumn(columns));
        if (sql is not null) Assert.Equal($"\"pg_catalog\".\"max\"({sql})", expression.ToSql(columns, null));
    }

    [Fact]
    public void Functions_and_types_are_written_with_their_schema() => Assert.Equal(
        "CAST(\"pg_catalog\".\"sum\"(\"my gis\".\"st_area\"(CAST(s.\"geom\" AS \"my gis\".\"geography\"))) AS \"pg_catalog\".\"int8\")",
        AggregateExpression.Parse("sum(ST_Area(geom::geography))::bigint").ToSql(Columns("geom"), "my gis"));

    private static List<ColumnReference> Columns(params string[] names) =>
        [.. names.Select(name => new ColumnReference(new Column(name, "int4", ColumnKind.Int32), $"s.{SqlIdentifier.Quote(name)}"))];

    private static void Refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ExpressionException>(() => AggregateExpression.Parse(text)).Message, StringComparison.Ordinal);
}
