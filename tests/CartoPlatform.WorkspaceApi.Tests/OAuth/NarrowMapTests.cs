using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

/// <summary>Clients with a login or with grants of their own do not get out of them through maps, whose tokens read more.</summary>
public sealed class NarrowMapTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Airports = ""","grants":[{"connection_name":"carto_dw","source":"demo.airports"}]""";
    private const string Cities = ""","grants":[{"connection_name":"carto_dw","source":"demo.cities"}]""";
    private const string Login = ""","login":"north" """;

    private const string Nothing = "refused";
    private const string OwnToken = "without a token";
    private const string MapToken = "with the map's token";

    [Theory]
    [InlineData("Editor", "", MapToken)]
    [InlineData("Editor", ""","grants":[{"connection_name":"*"}]""", MapToken)]
    [InlineData("Viewer", "", MapToken)]
    [InlineData("Editor", Airports, OwnToken)]
    [InlineData("Viewer", Airports, OwnToken)]
    [InlineData("Editor", Cities, Nothing)]
    [InlineData("Admin", Cities, Nothing)]
    [InlineData("Viewer", Cities, Nothing)]
    [InlineData("Editor", Login, OwnToken)]
    [InlineData("Viewer", Login, Nothing)]
    [InlineData("Editor", ""","allowed_apis":["sql"]""" + Airports, Nothing)]
    public async Task Machine_sees_a_map_of_the_organisation_with_what_it_reads_itself(string role, string narrowing, string expected)
    {
        var map = await running.CreateMapAsync("\"privacy\":\"organization\"");
        var machine = await running.CreateMachineAsync($",\"role\":\"{role}\",\"scopes\":[\"read:maps\"]{narrowing}");

        Assert.Equal(expected, await LookAsync(map, await running.Service.IssueAsync(machine)));
    }

    [Theory]
    [InlineData("Editor", "", MapToken)]
    [InlineData("Editor", Login, OwnToken)]
    [InlineData("Editor", Airports, OwnToken)]
    [InlineData("Editor", Cities, Nothing)]
    [InlineData("Viewer", "", MapToken)]
    [InlineData("Viewer", Login, Nothing)]
    [InlineData("Viewer", Airports, Nothing)]
    public async Task Application_gives_its_user_no_more_than_it_reads_itself(string role, string narrowing, string expected)
    {
        var ofAll = await running.CreateMapAsync("\"privacy\":\"organization\"");
        var (userId, token) = await SignInThroughApplicationAsync(role, narrowing);
        var ofGroup = await CreateMapOfGroupAsync(userId);

        Assert.Equal((expected, expected), (await LookAsync(ofAll, token), await LookAsync(ofGroup, token)));
    }

    [Fact]
    public async Task Public_map_stays_open_to_everybody()
    {
        var map = await running.CreateMapAsync("\"privacy\":\"public\"");
        var machine = await running.CreateMachineAsync(""","scopes":["read:maps"]""" + Cities);

        Assert.Equal(MapToken, await LookAsync(map, await running.Service.IssueAsync(machine)));
    }

    [Fact]
    public async Task Narrow_administrator_of_maps_neither_takes_a_maps_token_nor_opens_it_to_himself()
    {
        var map = await running.CreateMapAsync();
        var machine = await running.CreateMachineAsync($",\"role\":\"Admin\"{Cities}");
        var token = await running.Service.IssueAsync(machine);

        Task<string> RefusedAsync(HttpMethod method, string path, string? json = null) =>
            running.Service.CallAsync(method, path, token, json).RefusedAsync(HttpStatusCode.Forbidden);

        Assert.Contains("read more than this client", await RefusedAsync(HttpMethod.Get, $"/v3/maps/{map}/token"), StringComparison.Ordinal);
        await RefusedAsync(HttpMethod.Post, $"/v3/maps/{map}/token", "{}");
        await RefusedAsync(HttpMethod.Post, $"/v3/maps/{map}/privacy", """{"privacy":"public"}""");
        await RefusedAsync(HttpMethod.Patch, $"/v3/maps/{map}", """{"privacy":"public"}""");
        await running.Service.CallAsync(HttpMethod.Patch, $"/v3/maps/{map}", token, """{"title":"renamed"}""").OkAsync();
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{map}", null).RefusedAsync(HttpStatusCode.Unauthorized);
    }

    private async Task<string> LookAsync(string map, string token)
    {
        using var answer = await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{map}", token);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.Forbidden) return Nothing;
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty("token", out _) ? MapToken : OwnToken;
    }

    private async Task<(string UserId, string Token)> SignInThroughApplicationAsync(string role, string narrowing)
    {
        var email = UserSteps.NewEmail();
        var userId = await running.CreateUserAsync(email, role);
        var app = await running.CreateClientAsync($"{{\"name\":\"app\",\"kind\":\"spa\",\"redirect_uris\":[\"{OAuthSteps.Page}\"]{narrowing}}}");
        var cookie = (await running.Service.SignInAsync(email)).Cookie;
        return (userId, await running.Service.IssueToApplicationAsync(app.Text("client_id")!, cookie));
    }

    private async Task<string> CreateMapOfGroupAsync(string userId)
    {
        var group = (await running.AsOwnerAsync(HttpMethod.Post, "/v3/groups", $"{{\"name\":\"{Guid.NewGuid():N}\"}}").OkAsync()).Text("id")!;
        await running.AsOwnerAsync(HttpMethod.Put, $"/v3/groups/{group}/members/{userId}").OkAsync();
        return await running.CreateMapAsync($"\"privacy\":\"groups\",\"groups\":[\"{group}\"]");
    }
}
