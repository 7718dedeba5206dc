using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Maps;

namespace CartoPlatform.WorkspaceApi.Tests.Users;

/// <summary>What tests of accounts do, in one line each.</summary>
internal static class UserSteps
{
    public const string Password = "correct horse battery";

    public static string NewEmail() => $"{Guid.NewGuid():N}@example.org";

    public static async Task<string> CreateUserAsync(this RunningPlatform running, string email, string role) =>
        (await running.AsOwnerAsync(HttpMethod.Post, "/v3/users", $$"""{"email":"{{email}}","role":"{{role}}","password":"{{Password}}"}""").OkAsync())
        .GetProperty("id").GetString()!;

    /// <summary>The value of the cookie, and all of what the answer says of it.</summary>
    public static async Task<(string Cookie, string SetCookie)> SignInAsync(this WorkspaceService service, string email, string password = Password)
    {
        using var answer = await service.WithCookieAsync(HttpMethod.Post, "/v3/accounts/sign-in", null, $$"""{"email":"{{email}}","password":"{{password}}"}""");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var set = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        return (set.Split(';')[0], set);
    }

    /// <summary>A request as a page of the platform makes it, unless another origin is given; <c>""</c> is none.</summary>
    public static async Task<HttpResponseMessage> WithCookieAsync(
        this WorkspaceService service, HttpMethod method, string path, string? cookie, string? json = null, string? origin = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = service.PublicUrl };
        using var request = new HttpRequestMessage(method, path);
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        if (origin != "") request.Headers.Add("Origin", origin ?? service.PublicUrl.GetLeftPart(UriPartial.Authority));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await client.SendAsync(request);
    }

    public static async Task<HttpStatusCode> StatusAsync(this Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        return answer.StatusCode;
    }

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();
}
