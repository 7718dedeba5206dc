using System.Text.Json;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceApi.Tests.Client;

/// <summary>During an upgrade services of two versions talk: what the first version sent must still be read, and what a later one adds be passed over.</summary>
public sealed class WorkspaceJsonTests
{
    [Fact]
    public void Token_of_the_first_version_is_read()
    {
        const string Sent = """
            {"id":"e11982f4-9c4d-4f99-b179-3d43f224f888","accountId":"1a606195-ab3c-4dc1-b513-fea59847159f","name":"viewer",
             "grants":[{"connectionName":"main","source":"demo.*"}],"allowedApis":["sql","maps"],"referers":["https://app.example.org"],
             "expiresAt":"2027-01-01T00:00:00+00:00","isOwner":false,"addedLater":{"x":1}}
            """;

        var token = JsonSerializer.Deserialize(Sent, WorkspaceJson.Default.TokenRecord);

        Assert.NotNull(token);
        Assert.Equal(Guid.Parse("e11982f4-9c4d-4f99-b179-3d43f224f888"), token.Id);
        Assert.Equal([new GrantRecord("main", "demo.*")], token.Grants);
        Assert.Equal(["https://app.example.org"], token.Referers);
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), token.ExpiresAt);
        Assert.False(token.IsOwner);
    }

    [Fact]
    public void Connection_of_the_first_version_is_read()
    {
        const string Sent = """
            {"id":"54c512f7-ecd3-4d05-a6e3-783c5d9c773c","name":"carto_dw","providerId":"postgres","revision":3,
             "readerConnectionString":"Host=db","writerConnectionString":null,"addedLater":true}
            """;

        var connection = JsonSerializer.Deserialize(Sent, WorkspaceJson.Default.ConnectionRecord);

        Assert.Equal(("carto_dw", 3L, "Host=db", null), (connection?.Name, connection?.Revision, connection?.ReaderConnectionString, connection?.WriterConnectionString));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":"e11982f4-9c4d-4f99-b179-3d43f224f888","accountId":"1a606195-ab3c-4dc1-b513-fea59847159f","grants":[]}""")]
    [InlineData("""{"id":"e11982f4-9c4d-4f99-b179-3d43f224f888","accountId":"1a606195-ab3c-4dc1-b513-fea59847159f","grants":null,"allowedApis":[]}""")]
    public void Token_with_a_part_missing_is_not_read_as_something_else(string sent) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(sent, WorkspaceJson.Default.TokenRecord));
}
