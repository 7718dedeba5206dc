using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.PostGis.Tests.Queries;

public sealed class PlaceholderTests
{
    [Theory]
    [InlineData("SELECT $1", "SELECT  $1")]
    [InlineData("SELECT $2, $1, $2", "SELECT  $1,  $2,  $1")]
    [InlineData("SELECT $3", "SELECT  $1")]
    [InlineData("SELECT '$1', $1", "SELECT '$1',  $1")]
    [InlineData("SELECT \"$1\", $$ $1 $$, $x$ $1 $x$, E'\\' $1', a$1 -- $1\n, /* $1 */ $1", "SELECT \"$1\", $$ $1 $$, $x$ $1 $x$, E'\\' $1', a$1 -- $1\n, /* $1 */  $1")]
    [InlineData("SELECT ($1)[1], $1::int, x=$1", "SELECT ( $1)[1],  $1::int, x= $1")]
    public void Dollar_numbers_take_an_array(string sql, string bound) => Assert.Equal(bound, Bind(sql, "[1,2,3]").Sql);

    [Theory]
    [InlineData("SELECT @a", "SELECT  $1")]
    [InlineData("SELECT @b, @a, @b", "SELECT  $1,  $2,  $1")]
    [InlineData("SELECT x=@a, x>=@a, x||@a, -@a, x!=@a", "SELECT x= $1, x>= $1, x|| $1, - $1, x!= $1")]
    [InlineData("SELECT x < @a, x <@arr", "SELECT x <  $1, x <@arr")]
    [InlineData("SELECT x <@a, @a", "SELECT x <@a,  $1")]
    [InlineData("SELECT x <@arr, x @> y, x @@ y, x @@y, x @? y", "SELECT x <@arr, x @> y, x @@ y, x @@y, x @? y")]
    [InlineData("SELECT x@>@a, x<@@a", "SELECT x@> $1, x<@ $1")]
    [InlineData("SELECT @ -5, @(5)", "SELECT @ -5, @(5)")]
    [InlineData("SELECT '@a', \"@a\", $$@a$$ /* @a */ -- @a\n, @a", "SELECT '@a', \"@a\", $$@a$$ /* @a */ -- @a\n,  $1")]
    [InlineData("SELECT 'mail@a.org', @a::text", "SELECT 'mail@a.org',  $1::text")]
    [InlineData("CALL proc(@a)", "CALL proc( $1)")]
    [InlineData("SELECT @größe", "SELECT  $1")]
    public void Names_take_an_object(string sql, string bound) => Assert.Equal(bound, Bind(sql, """{"a":1,"b":2,"größe":3}""").Sql);

    [Theory]
    [InlineData("SELECT ?, ?", "SELECT  $1,  $2")]
    [InlineData("SELECT x = ? AND y LIKE ? AND z IN (?, ?) LIMIT ?", "SELECT x =  $1 AND y LIKE  $2 AND z IN ( $3,  $4) LIMIT  $5")]
    [InlineData("SELECT x=?", "SELECT x= $1")]
    [InlineData("SELECT x BETWEEN ? AND ?", "SELECT x BETWEEN  $1 AND  $2")]
    [InlineData("SELECT tags ? 'a', tags ?| $$a$$, f(x) ? 'b', x[1] ? 'c', 'd' ? 'e', ?", "SELECT tags ? 'a', tags ?| $$a$$, f(x) ? 'b', x[1] ? 'c', 'd' ? 'e',  $1")]
    [InlineData("SELECT '?', ? -- ?", "SELECT '?',  $1")]
    [InlineData("SELECT tags ? $1", "SELECT tags ?  $1")]
    public void Question_marks_take_an_array_where_no_operator_can_stand(string sql, string bound) => Assert.Equal(bound, Bind(sql, "[1,2,3,4,5]").Sql);

    [Theory]
    [InlineData("SELECT @ a, @(a), @-5, x @> y, x <@y, x@@y, tags ? 'b', '$1'", null)]
    [InlineData("SELECT @ a, @(a), @-5, x @> y, x <@y, x@@y, tags ? 'b', '$1'", "[]")]
    [InlineData("SELECT x <@y", """{"a":1}""")]
    public void Operators_stay_what_they_are(string sql, string? values) => Assert.Equal(sql, Bind(sql, values).Sql);

    [Fact]
    public void Value_does_not_make_a_placeholder_of_an_operator()
    {
        Assert.True(SqlText.TryParse("SELECT x <@tags", out var text, out _));
        Assert.True(QueryParameters.TryParse("""{"tags":[1]}""", out var parameters, out _));

        Assert.False(text.TryBind(parameters, out _, out var error));
        Assert.Equal("<@tags is the operator <@: put a space before @tags where it is a placeholder", error);
    }

    [Theory]
    [InlineData("SELECT $1", "", "$1")]
    [InlineData("SELECT $1", "[]", "$1")]
    [InlineData("SELECT $1, $3", "[1,2]", "$3")]
    [InlineData("SELECT $0", "[1]", "$0")]
    [InlineData("SELECT $99999999999999999999", "[1]", "$99999999999999999999")]
    [InlineData("SELECT @b", """{"a":1}""", "@b")]
    [InlineData("SELECT x = @x", null, "@x")]
    [InlineData("SELECT x = @x", "[1]", "@x")]
    [InlineData("SELECT x = @x AND y = $1", "[1]", "@x")]
    [InlineData("SELECT x = @x AND y = ?", "[1]", "@x")]
    [InlineData("SELECT @A", """{"a":1}""", "@A")]
    [InlineData("SELECT $1", """{"a":1}""", "$1")]
    [InlineData("SELECT ?, ?", "[1]", "$2")]
    public void Placeholder_without_value_is_named(string sql, string? values, string name)
    {
        Assert.True(SqlText.TryParse(sql, out var text, out _));
        Assert.True(QueryParameters.TryParse(values, out var parameters, out _));

        Assert.False(text.TryBind(parameters, out _, out var error));
        Assert.Equal($"queryParameters has no value for {name}", error);
    }

    [Fact]
    public void Surplus_values_are_ignored() => Assert.Equal("SELECT  $1", Bind("SELECT $2", "[1,2,3]").Sql);

    private static BoundQuery Bind(string sql, string? values)
    {
        Assert.True(SqlText.TryParse(sql, out var text, out var error), error);
        Assert.True(QueryParameters.TryParse(values, out var parameters, out error), error);
        Assert.True(text.TryBind(parameters, out var query, out error), error);
        return query;
    }
}
