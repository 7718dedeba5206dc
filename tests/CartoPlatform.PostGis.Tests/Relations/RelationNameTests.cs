using CartoPlatform.PostGis.Relations;

namespace CartoPlatform.PostGis.Tests.Relations;

public sealed class RelationNameTests
{
    [Theory]
    [InlineData("t", null, null, "t")]
    [InlineData("s.t", null, "s", "t")]
    [InlineData("d.s.t", "d", "s", "t")]
    [InlineData(" s . t ", null, "s", "t")]
    [InlineData("\"My \"\"Table\"\"\"", null, null, "My \"Table\"")]
    [InlineData("\"a.b\".\"c.d\"", null, "a.b", "c.d")]
    [InlineData("Größe.😀", null, "Größe", "😀")]
    [InlineData("s.My Table", null, "s", "My Table")]
    public void Name_is_read_part_by_part(string text, string? database, string? schema, string table)
    {
        Assert.True(RelationName.TryParse(text, out var name));
        Assert.Equal((database, schema, table), (name.Database?.Text, name.Schema?.Text, name.Table.Text));
    }

    [Fact]
    public void Quoted_parts_are_told_from_others()
    {
        Assert.True(RelationName.TryParse("\"S\".t", out var name));
        Assert.Equal(new NamePart("S", true), name.Schema);
        Assert.Equal(new NamePart("t", false), name.Table);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a.b.c.d")]
    [InlineData("\"a")]
    [InlineData("\"\"")]
    [InlineData("\"a\"b")]
    [InlineData("a\"b\"")]
    [InlineData("a\0b")]
    [InlineData("\"a\0b\"")]
    public void What_is_no_name_is_refused(string? text) => Assert.False(RelationName.TryParse(text, out _));

    [Fact]
    public void Name_longer_than_any_is_refused() => Assert.False(RelationName.TryParse(new string('a', 1_000), out _));
}
