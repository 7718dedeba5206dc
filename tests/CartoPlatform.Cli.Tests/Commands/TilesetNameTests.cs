using CartoPlatform.Tilesets.Plans;

namespace CartoPlatform.Cli.Tests.Commands;

public sealed class TilesetNameTests
{
    [Theory]
    [InlineData("tiles", "public.tiles")]
    [InlineData("Demo.Tiles", "demo.tiles")]
    [InlineData("\"My Schema\".\"Ti.les\"", "\"My Schema\".\"Ti.les\"")]
    [InlineData("\"say \"\"hi\"\"\"", "public.\"say \"\"hi\"\"\"")]
    public void Name_that_is_told_can_be_given_back(string text, string told)
    {
        var name = TableName.Parse(text);

        Assert.Equal(told, name?.ToString());
        Assert.Equal(name, TableName.Parse(told));
    }
}
