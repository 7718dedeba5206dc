using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.PostGis.Tests;

public sealed class SqlIdentifierTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>
{
    [Theory]
    [InlineData("a")]
    [InlineData("Select")]
    [InlineData("a\"b")]
    [InlineData("\"\"\"")]
    [InlineData("a; DROP TABLE x --")]
    [InlineData("é😀\n\\")]
    public async Task Quoted_name_is_that_name(string name)
    {
        await using var command = fixture.Reader.CreateCommand($"SELECT 1 AS {SqlIdentifier.Quote(name)}");
        await using var reader = await command.ExecuteReaderAsync();

        Assert.Equal(name, reader.GetName(0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_cannot_be_a_name_is_refused(string name) => Assert.Throws<ArgumentException>(() => SqlIdentifier.Quote(name));
}
