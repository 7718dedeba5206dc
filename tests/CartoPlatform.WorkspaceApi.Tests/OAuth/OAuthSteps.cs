using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.Users;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.Tests.OAuth;

/// <summary>What tests of OAuth do, in one line each.</summary>
internal static class OAuthSteps
{
    public const string Token = "/oauth/token";

    /// <summary>To which <see cref="IssueToApplicationAsync"/> comes back.</summary>
    public const string Page = "https://app.example/back";

    /// <summary>A machine's id and secret.</summary>
    public static async Task<(string Id, string Secret)> CreateMachineAsync(this RunningPlatform running, string members = "")
    {
        var client = await running.CreateClientAsync($$"""{"name":"machine"{{members}}}""");
        return (client.GetProperty("client_id").GetString()!, client.GetProperty("client_secret").GetString()!);
    }

    public static async Task<JsonElement> CreateClientAsync(this RunningPlatform running, string json)
    {
        var (status, body) = await running.Service.SendAsync(HttpMethod.Post, "/v3/oauth-clients", running.Platform.ReadOwnerToken(), json);
        Assert.True(status == HttpStatusCode.OK, body.ToString());
        return body;
    }

    public static async Task<OAuthReply> PostFormAsync(
        this WorkspaceService service, string path, IEnumerable<(string Name, string Value)> fields, string? basic = null, string? origin = null)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await service.PostAsync(path, content, basic, origin);
    }

    public static async Task<OAuthReply> PostAsync(this WorkspaceService service, string path, HttpContent content, string? basic = null, string? origin = null)
    {
        using var client = service.CreatePublicClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (basic is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(basic))}");
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new OAuthReply(
            answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement,
            answer.Headers.CacheControl?.ToString(), answer.Headers.WwwAuthenticate.ToString());
    }

    /// <summary>By client credentials.</summary>
    public static async Task<string> IssueAsync(this WorkspaceService service, (string Id, string Secret) client, string? scope = null)
    {
        List<(string, string)> fields = [("grant_type", "client_credentials"), ("client_id", client.Id), ("client_secret", client.Secret)];
        if (scope is not null) fields.Add(("scope", scope));
        var reply = await service.PostFormAsync(Token, fields);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        return reply.Body.GetProperty("access_token").GetString()!;
    }

    /// <summary>By the authorization code flow, for the user of this session.</summary>
    public static async Task<string> IssueToApplicationAsync(this WorkspaceService service, string app, string cookie)
    {
        var verifier = new string('v', 43);
        var path = QueryHelpers.AddQueryString("/oauth/authorize", new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = app,
            ["redirect_uri"] = Page,
            ["code_challenge"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["scope"] = "openid read:maps",
        });
        using var answer = await service.WithCookieAsync(HttpMethod.Get, path, cookie);
        var code = QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["code"].ToString();
        var reply = await service.PostFormAsync(
            Token, [("grant_type", "authorization_code"), ("client_id", app), ("code", code), ("redirect_uri", Page), ("code_verifier", verifier)]);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        return reply.Body.GetProperty("access_token").GetString()!;
    }
}

internal sealed record OAuthReply(HttpStatusCode Status, JsonElement Body, string? CacheControl, string Challenge)
{
    /// <summary>The protocol's word for what went wrong.</summary>
    public (HttpStatusCode Status, string? Error) Outcome => (Status, Body.TryGetProperty("error", out var error) ? error.GetString() : null);
}
