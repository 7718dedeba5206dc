using System.Text.Json.Nodes;
using CartoPlatform.Cli.Commands;

namespace CartoPlatform.Cli.Tests.Commands;

public sealed class TokenLineTests
{
    [Theory]
    [InlineData("\"ada@example.org\"", "\"2030-01-01T00:00:00Z\"", "  by ada@example.org  until 2030-01-01T00:00:00Z")]
    [InlineData("null", "null", "  by the platform's owner or a client  without end")]
    public void Line_of_a_token_ends_with_its_maker_and_its_end(string maker, string end, string expected) => Assert.Equal(
        $"1  shop  sql,maps  carto_dw:*{expected}",
        TokenCommand.Line(JsonNode.Parse(
            $$"""{"id":"1","name":"shop","allowed_apis":["sql","maps"],"grants":[{"connection_name":"carto_dw","source":"*"}],"created_by":{{maker}},"expiration_date":{{end}}}""")));
}
