using CartoPlatform.Testing.PostGis;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.Maps;

public sealed class PublishedTitleTests(PostGisFixture database) : IClassFixture<PostGisFixture>
{
    [Fact]
    public async Task Map_of_before_lists_knew_of_publishing_is_told_as_published()
    {
        await using var platform = await TestPlatform.CreateAsync(database);
        string id;
        await using (var service = await platform.StartAsync())
        {
            var token = platform.ReadOwnerToken();
            id = (await service.CallAsync(HttpMethod.Post, "/v3/maps", token, """{"title":"first","description":"d","tags":["a"],"privacy":"organization"}""").OkAsync()).Text("id")!;
            await service.CallAsync(HttpMethod.Post, $"/v3/maps/{id}/publish", token).OkAsync();
            await service.CallAsync(HttpMethod.Patch, $"/v3/maps/{id}", token, """{"title":"second"}""").OkAsync();
        }

        await platform.AskAsync<int>("UPDATE platform.maps SET published_title = NULL, published_description = NULL, published_tags = NULL RETURNING 1");
        await using var next = await platform.StartAsync();
        var told = await platform.AskAsync<string>($"SELECT published_title || ' ' || published_description || ' ' || published_tags::text FROM platform.maps WHERE id = '{id}'");

        Assert.Equal("first d {a}", told);
    }
}
