using System.Net;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;

namespace CartoPlatform.WorkspaceApi.Tests.Users;

public sealed class GroupTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Theory]
    [InlineData("Planners", "PLANNERS")]
    [InlineData("Straße", " straße ")]
    [InlineData("\u00c9t\u00e9", "e\u0301te\u0301")]
    [InlineData("\uff21bc", "abc")]
    public async Task Names_that_look_alike_do_not_stand_side_by_side(string name, string other)
    {
        var suffix = Guid.NewGuid().ToString("N");
        await running.AsOwnerAsync(HttpMethod.Post, "/v3/groups", System.Text.Json.JsonSerializer.Serialize(new { name = name + suffix })).OkAsync();

        var error = await running.AsOwnerAsync(
            HttpMethod.Post, "/v3/groups", System.Text.Json.JsonSerializer.Serialize(new { name = other.TrimEnd() + suffix.ToUpperInvariant() + " " })).RefusedAsync(HttpStatusCode.Conflict);

        Assert.Equal($"There is a group {name + suffix} already", error);
    }

    [Fact]
    public async Task Letter_that_is_none_is_kept_as_it_is()
    {
        var made = await running.AsOwnerAsync(HttpMethod.Post, "/v3/groups", $"{{\"name\":\"\\ufffe{Guid.NewGuid()}\"}}").OkAsync();

        Assert.Equal('\uFFFE', made.Text("name")![0]);
    }

    [Fact]
    public async Task Of_many_who_make_one_at_once_one_does()
    {
        var name = Guid.NewGuid().ToString("N");

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => running.AsOwnerAsync(
            HttpMethod.Post, "/v3/groups", $"{{\"name\":\"{(i % 2 == 0 ? name : name.ToUpperInvariant())}\"}}").StatusAsync()));

        Assert.Equal((1, 5), (made.Count(status => status == HttpStatusCode.OK), made.Count(status => status == HttpStatusCode.Conflict)));
    }
}
