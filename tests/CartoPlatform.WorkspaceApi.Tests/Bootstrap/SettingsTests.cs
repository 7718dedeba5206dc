using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Tests.Bootstrap;

public sealed class SettingsTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    [Theory]
    [InlineData("Metadata:ConnectionString", null)]
    [InlineData("Metadata:ConnectionString", "Host=")]
    [InlineData("Metadata:ConnectionString", "Server=127.0.0.1;Database=x;Port=secret")]
    [InlineData("Metadata:ConnectionString", "secret")]
    [InlineData("Tokens:SigningKey", null)]
    [InlineData("Tokens:SigningKey", "c2VjcmV0")]
    [InlineData("Tokens:SigningKey", "secret, not base64 at all, and long enough to be taken for a key")]
    [InlineData("Platform:InternalKey", null)]
    [InlineData("Platform:InternalKey", "secret")]
    [InlineData("Platform:InternalKey", "secret with spaces, secret")]
    [InlineData("Platform:MasterKey", "secret")]
    [InlineData("Platform:MasterKey", "c2VjcmV0")]
    [InlineData("Bootstrap:Connections:0:Name", "")]
    [InlineData("Bootstrap:Connections:0:Name", "secret/..")]
    [InlineData("Bootstrap:Connections:0:Name", "public")]
    [InlineData("Bootstrap:Connections:0:ReaderConnectionString", "")]
    [InlineData("Bootstrap:Connections:0:ReaderConnectionString", "Host=127.0.0.1;Password=secret")]
    [InlineData("Bootstrap:Connections:0:ReaderConnectionString", "Host=127.0.0.1;Database=x;secret=1")]
    [InlineData("Bootstrap:Connections:0:WriterConnectionString", "Host=127.0.0.1;Database=x;Timeout=secret")]
    [InlineData("Bootstrap:Connections:1:Name", "carto_dw")]
    public async Task Wrong_setting_stops_the_start_with_a_sentence_that_names_the_key_and_tells_no_value(string key, string? value)
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        platform.Settings[key] = value;

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(platform.StartAsync);

        Assert.Contains(key, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message.Replace("secret text", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
