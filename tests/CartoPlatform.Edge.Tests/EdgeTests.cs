using System.Net;
using System.Text.Json;

namespace CartoPlatform.Edge.Tests;

public sealed class EdgeTests(EdgeFixture edge) : IClassFixture<EdgeFixture>
{
    [Theory]
    [InlineData("/v3/maps/carto_dw/table?name=a%20b")]
    [InlineData("/api/v3/maps/carto_dw/table?name=a%20b")]
    [InlineData("//v3//maps/carto_dw/table?name=a%20b")]
    public async Task Request_reaches_its_service_in_one_spelling(string url)
    {
        var seen = await GetAsync(url);

        Assert.Equal("/v3/maps/carto_dw/table", seen.GetProperty("path").GetString());
        Assert.Equal("?name=a%20b", seen.GetProperty("query").GetString());
    }

    [Fact]
    public async Task Headers_among_services_never_come_in_from_outside()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/maps/x");
        request.Headers.Add("X-Carto-Internal-Key", "stolen");
        request.Headers.Add("x-carto-anything", "forged");

        var headers = (await SendAsync(request)).GetProperty("headers");

        Assert.False(headers.TryGetProperty("X-Carto-Internal-Key", out _));
        Assert.False(headers.TryGetProperty("x-carto-anything", out _));
    }

    [Fact]
    public async Task Service_learns_under_which_name_it_was_asked()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/maps/x");
        request.Headers.Add("X-Forwarded-Host", "maps.example.org");
        request.Headers.Add("X-Forwarded-Proto", "https");

        var headers = (await SendAsync(request)).GetProperty("headers");

        Assert.Equal("maps.example.org", headers.GetProperty("X-Forwarded-Host").GetString());
        Assert.Equal("https", headers.GetProperty("X-Forwarded-Proto").GetString());
    }

    [Fact]
    public async Task Caller_cannot_choose_his_address()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/maps/x");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");

        var headers = (await SendAsync(request)).GetProperty("headers");

        Assert.Equal("127.0.0.1", headers.GetProperty("X-Forwarded-For").GetString());
    }

    [Theory]
    [InlineData("/v3/maps/x", 200)]
    [InlineData("/v3/nowhere", 404)]
    [InlineData("/v3/imports", 501)]
    [InlineData("/v3/imports/1", 501)]
    [InlineData("/v3/sql/x/query", 502)]
    [InlineData("/v3/connections", 503)]
    public async Task Answer_of_any_kind_can_be_read_across_origins(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "https://app.example.org");

        using var response = await edge.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        if (status >= 400) Assert.NotEmpty(await ErrorAsync(response));
    }

    [Theory]
    [InlineData("/v3/maps/x")]
    [InlineData("/v3/nowhere")]
    public async Task Preflight_is_answered_without_a_token(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", "https://app.example.org");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,cache-control,if-modified-since");

        using var response = await edge.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var allowed = string.Join(',', response.Headers.GetValues("Access-Control-Allow-Headers"));
        Assert.All((string[])["authorization", "content-type", "cache-control", "if-modified-since"], header => Assert.Contains(header, allowed, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("86400", Assert.Single(response.Headers.GetValues("Access-Control-Max-Age")));
    }

    [Theory]
    [InlineData("garbage", 401)]
    [InlineData("eyJhbGciOiJub25lIn0.eyJqdGkiOiIxIn0.", 401)]
    [InlineData("undefined", 200)]
    public async Task Token_is_checked_before_anything_behind_the_edge_is_asked(string token, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/maps/x");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");

        using var response = await edge.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Body_over_the_limit_is_refused()
    {
        using var response = await edge.Client.PostAsync("/v3/maps/x", new ByteArrayContent(new byte[4_096]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("The request body is too large", await ErrorAsync(response));
    }

    [Fact]
    public async Task Pages_are_files_and_nothing_outside_their_folder()
    {
        Assert.Contains("CartoPlatform", await edge.Client.GetStringAsync("/"), StringComparison.Ordinal);
        using var outside = await edge.Client.GetAsync("/..%2f..%2fetc%2fpasswd");
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    private async Task<JsonElement> GetAsync(string url)
    {
        // A Uri made from text would fold the double slashes that this is about.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.BaseAddress.AbsoluteUri.TrimEnd('/') + url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        return await SendAsync(request);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var response = await edge.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString() ?? "";
}
