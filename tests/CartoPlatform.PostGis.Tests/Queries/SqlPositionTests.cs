using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Types;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Queries;

/// <summary>Where an error is, in the text that the caller sent: whatever was cut off it or put into it on the way.</summary>
public sealed class SqlPositionTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>
{
    // The place is marked by ¶, which is no part of the text.
    [Theory]
    [InlineData("SELECT ¶nothing", null)]
    [InlineData("SELECT 1 FROM ¶nowhere", null)]
    [InlineData("¶SELEC 1", null)]
    [InlineData("  \n\n-- a comment\n\t/* and /* another */ */\nSELECT 1,\r\n  ¶nothing ; -- the end", null)]
    [InlineData("SELECT 'ä 🗾 日本' AS \"🗾\", ¶nothing", null)]
    [InlineData("SELECT '🗾' AS a,\n '🗾🗾' AS b, ¶nothing", null)]
    [InlineData("SELECT $1, $2, ¶nothing", "[1, 2]")]
    [InlineData("SELECT $22,¶nothing, $22", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22]")]
    [InlineData("SELECT @a_long_name, ¶nothing, @a_long_name", """{"a_long_name": "🗾"}""")]
    [InlineData("SELECT ?, '🗾', ?, ¶nothing", "[1, 2]")]
    [InlineData("SELECT ?+?¶nothing.x", "[1, 2]")]
    [InlineData("SELECT ST_X(¶nothing) FROM (SELECT ? AS v) q", "[1]")]
    [InlineData("SELECT ¶no_function(@v)", """{"v": 1}""")]
    [InlineData("SELECT ST_Point(1, 2) ¶+ @value", """{"value": 1}""")]
    [InlineData("SELECT (@v IS NULL OR 1 = @v), ¶nothing", """{"v": 1}""")]
    [InlineData("SELECT 1 +¶", null)]
    [InlineData("INSERT INTO ¶nowhere VALUES (1)", null)]
    public async Task Error_is_where_it_is_in_the_callers_text(string marked, string? values)
    {
        var before = marked[..marked.IndexOf('¶', StringComparison.Ordinal)];
        var lines = before.Split('\n');

        var position = await FindAsync(marked.Replace("¶", "", StringComparison.Ordinal), values);

        Assert.Equal(new SqlPosition(Characters(before) + 1, lines.Length, Characters(lines[^1]) + 1), position);
    }

    [Fact]
    public async Task Statement_of_a_script_has_its_place_in_the_whole_text()
    {
        const string Text = "SELECT '🗾'; SELECT 1;\nSELECT nothing";
        Assert.True(SqlText.TryParseScript(Text, out var statements, out var error), error);
        Assert.True(statements[2].TryBind(QueryParameters.None, out var query, out error), error);

        Assert.Equal(new SqlPosition(Characters(Text) - 6, 2, 8), await FindAsync(query));
    }

    [Fact]
    public async Task Position_in_a_text_behind_a_name_is_not_told() => Assert.Null(await FindAsync(Bind("SELECT nothing", null).BehindName()));

    private static int Characters(string text) => text.EnumerateRunes().Count();

    private Task<SqlPosition?> FindAsync(string sql, string? values) => FindAsync(Bind(sql, values));

    private async Task<SqlPosition?> FindAsync(BoundQuery query) => SqlPosition.Of(await Assert.ThrowsAsync<PostgresException>(
        () => new QueryDescriber(fixture.Reader, new TypeCatalog()).DescribeAsync(query, CancellationToken.None)));

    private static BoundQuery Bind(string sql, string? values)
    {
        Assert.True(SqlText.TryParse(sql, out var text, out var error), error);
        Assert.True(QueryParameters.TryParse(values, out var parameters, out error), error);
        Assert.True(text.TryBind(parameters, out var query, out error), error);
        return query;
    }
}
