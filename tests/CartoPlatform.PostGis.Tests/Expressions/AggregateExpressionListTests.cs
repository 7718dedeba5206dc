using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Expressions;

namespace CartoPlatform.PostGis.Tests.Expressions;

public sealed class AggregateExpressionListTests
{
    [Theory]
    [InlineData("sum(a) as pop, avg(b) AS \"Mean\"", "pop", "Mean")]
    [InlineData("1 AS __aggregationValue", "__aggregationValue")]
    [InlineData("sum(a) pop_SUM, 2 \"x y\"", "pop_SUM", "x y")]
    [InlineData("sum(a) AS select", "select")]
    public void Aliases_are_as_written(string text, params string[] aliases) => Assert.Equal(aliases, Aliases(text));

    [Theory]
    [InlineData("sum(a), sum(b), max(c)", "sum", "sum_2", "max")]
    [InlineData("sum(a), sum(b) AS SUM, count(*) AS sum_2", "sum_3", "SUM", "sum_2")]
    [InlineData("1, 1+1", "?column?", "?column?_2")]
    [InlineData("max(a)::text, 1::int, coalesce(max(a), 1)", "max", "int4", "coalesce")]
    [InlineData("case when true then 1 else max(a) end, case when true then 1 end, extract(year from max(t))", "max", "case", "extract")]
    [InlineData("abs(sum(a))", "abs")]
    public void Missing_alias_is_postgresqls_name_and_unique(string text, params string[] aliases) => Assert.Equal(aliases, Aliases(text));

    [Theory]
    [InlineData("sum(a) AS x, max(b) AS X", "The alias X is given twice (at character 21)")]
    [InlineData("sum(a) AS", "An alias is expected before the end of the expression (at character 10)")]
    [InlineData("sum(a) AS 'x'", "An alias is expected before a text (at character 11)")]
    [InlineData("sum(a) AS \"\"", "A name in double quotes is empty (at character 11)")]
    [InlineData("sum(a) x y", "y cannot stand here (at character 10)")]
    [InlineData("sum(a) AS x,", "the end of the expression cannot stand here (at character 13)")]
    [InlineData("sum(a) AS x FROM t", "FROM cannot stand here: an expression holds no queries and no clauses of one (at character 13)")]
    [InlineData("sum(a) x; DROP TABLE t", "An expression is not a statement: it holds no semicolon (at character 9)")]
    [InlineData("*", "* cannot stand here (at character 1)")]
    public void Error_says_what_and_where(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ExpressionException>(() => AggregateExpressionList.Parse(text)).Message);

    [Fact]
    public void Alias_is_no_longer_than_postgresql_keeps()
    {
        Assert.Equal([new string('é', 31)], Aliases($"1 AS {new string('é', 31)}"));
        var error = Assert.Throws<ExpressionException>(() => AggregateExpressionList.Parse($"1 AS {new string('é', 32)}"));
        Assert.Contains("longer than 63 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_becomes_the_list_of_a_select()
    {
        var list = AggregateExpressionList.Parse("sum(a) AS \"A\"\"b\", count(*) n");
        List<ColumnReference> columns = [new(new Column("a", "int4", ColumnKind.Int32), "s.c1")];

        Assert.Null(list.FindMissingColumn(columns));
        Assert.Equal("\"pg_catalog\".\"sum\"(s.c1) AS \"A\"\"b\", \"pg_catalog\".\"count\"(*) AS \"n\"", list.ToSql(columns, null));
        Assert.Equal("B", AggregateExpressionList.Parse("sum(a), sum(B), sum(c)").FindMissingColumn(columns));
    }

    private static IEnumerable<string> Aliases(string text) => AggregateExpressionList.Parse(text).Items.Select(item => item.Alias);
}
