using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.PostGis.Tests.Queries;

public sealed class SqlTextTests
{
    [Theory]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData("  \n\tSELECT 1 \r\n", "SELECT 1")]
    [InlineData("SELECT 1;", "SELECT 1")]
    [InlineData("SELECT 1 ; ; \n;", "SELECT 1")]
    [InlineData(";;SELECT 1", "SELECT 1")]
    [InlineData("SELECT 1 -- done", "SELECT 1")]
    [InlineData("SELECT 1; -- done\n /* and */ ;", "SELECT 1")]
    [InlineData("-- unique 42\n\n\nSELECT 1", "SELECT 1")]
    [InlineData("/* a /* nested */ b */ SELECT 1 /* end */", "SELECT 1")]
    [InlineData("SELECT /* inside */ 1", "SELECT /* inside */ 1")]
    [InlineData("SELECT '--' -- ';", "SELECT '--'")]
    [InlineData("SELECT ';'", "SELECT ';'")]
    [InlineData("SELECT \";\"", "SELECT \";\"")]
    [InlineData("SELECT $$;$$", "SELECT $$;$$")]
    [InlineData("SELECT $a$;$$;$b$;$a$", "SELECT $a$;$$;$b$;$a$")]
    [InlineData("SELECT E'\\';--'", "SELECT E'\\';--'")]
    [InlineData("SELECT e'a'\n'\\';--'", "SELECT e'a'\n'\\';--'")]
    [InlineData("SELECT e'a' -- '\n '\\';--'", "SELECT e'a' -- '\n '\\';--'")]
    [InlineData("SELECT U&'\\' ;", "SELECT U&'\\'")]
    [InlineData("SELECT 'a\\';", "SELECT 'a\\'")]
    [InlineData("SELECT 'it''s;'", "SELECT 'it''s;'")]
    [InlineData("SELECT 1 /* not closed ;", "SELECT 1 /* not closed ;")]
    [InlineData("SELECT 'not closed ;", "SELECT 'not closed ;")]
    [InlineData("SELECT 1 AS a$b$c", "SELECT 1 AS a$b$c")]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)")]
    [InlineData(
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END")]
    public void Statement_is_what_stands_between_its_surroundings(string text, string statement)
    {
        Assert.True(SqlText.TryParse(text, out var sql, out var error), error);
        Assert.Equal(statement, sql.Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData(";")]
    [InlineData("-- nothing")]
    [InlineData("/* nothing */ ; ")]
    public void Text_without_a_statement_is_refused(string? text)
    {
        Assert.False(SqlText.TryParse(text, out _, out var error));
        Assert.Equal("The SQL text is empty", error);
    }

    [Theory]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1;;x")]
    [InlineData("SELECT ';'; DROP TABLE a")]
    [InlineData("SELECT $a$ $$ $a$; DROP TABLE a")]
    [InlineData("SELECT E'\\\\'; DROP TABLE a")]
    [InlineData("SELECT U&'\\'; DROP TABLE a --'")]
    [InlineData("SELECT 'a\\'; DROP TABLE a --'")]
    [InlineData("SELECT /* /* */ */ 1; DROP TABLE a")]
    [InlineData("SELECT 1) q; DROP TABLE a")]
    [InlineData("BEGIN; DROP TABLE a; END")]
    [InlineData("CREATE TABLE begin (id int); DROP TABLE a")]
    public void Second_statement_is_refused(string text)
    {
        Assert.False(SqlText.TryParse(text, out _, out var error));
        Assert.Equal("Only one SQL statement can be run at a time", error);
    }

    [Theory]
    [InlineData("SELECT '\0'", "The SQL text holds a NUL character")]
    [InlineData("SELECT '\u0001'", "The SQL text is not valid Unicode", '\ud800')]
    [InlineData("SELECT '\u0001'", "The SQL text is not valid Unicode", '\udc00')]
    public void Text_that_postgresql_cannot_take_is_refused(string text, string expected, char half = '\u0001')
    {
        // Half a surrogate pair does not survive in an attribute's text.
        Assert.False(SqlText.TryParse(text.Replace('\u0001', half), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Text_over_its_length_is_refused()
    {
        Assert.True(SqlText.TryParse("SELECT 1" + new string(' ', SqlText.MaxLength - 8), out _, out _));
        Assert.False(SqlText.TryParse("SELECT 1" + new string(' ', SqlText.MaxLength - 7), out _, out var error));
        Assert.Contains("longer than", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("/*")]
    [InlineData("'")]
    [InlineData("$a")]
    [InlineData("E'\\'\n")]
    [InlineData("--\n")]
    public async Task Long_hostile_text_is_scanned_in_linear_time(string piece)
    {
        var text = "SELECT " + string.Concat(Enumerable.Repeat(piece, 900_000 / piece.Length));

        // Milliseconds; with the square of the length it would be hours.
        await Task.Run(() => SqlText.TryParse(text, out _, out _)).WaitAsync(TimeSpan.FromSeconds(60));
    }
}
