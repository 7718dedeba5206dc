using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class ErrorTests
{
    private sealed record Body(int Number);

    [Theory]
    [InlineData("GET", "/nowhere", 404, "There is nothing at /nowhere")]
    [InlineData("DELETE", "/numbers", 405, "DELETE is not allowed at /numbers")]
    [InlineData("GET", "/bug", 500, "Internal error")]
    [InlineData("GET", "/late", 429, "Too many requests")]
    [InlineData("GET", "/column", 400, "Column not found")]
    public async Task Failure_of_any_kind_has_the_contracts_shape(string method, string path, int status, string error)
    {
        await using var service = await StartAsync();

        using var response = await service.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(error, (await ReadAsync(response)).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("{\"number\":", "application/json", 400)]
    [InlineData("{\"number\":\"x\"}", "application/json", 400)]
    [InlineData("number=1", "text/plain", 415)]
    public async Task Body_that_cannot_be_read_is_told_in_one_sentence(string body, string contentType, int status)
    {
        await using var service = await StartAsync();

        using var response = await service.Client.PostAsync("/numbers", new StringContent(body, Encoding.UTF8, contentType));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.False(string.IsNullOrWhiteSpace((await ReadAsync(response)).GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("gzip", 415)]
    [InlineData("identity", 400)]
    public async Task Packed_body_is_told_to_be_packed(string coding, int status)
    {
        await using var service = await StartAsync();
        using var content = new StringContent("no JSON", Encoding.UTF8, "application/json") { Headers = { ContentEncoding = { coding } } };

        using var response = await service.Client.PostAsync("/numbers", content);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 415, response.Headers.TryGetValues("Accept-Encoding", out _));
        Assert.Equal(status == 415, response.Headers.TryGetValues("Access-Control-Allow-Origin", out _));
        Assert.Equal(status == 415, (await ReadAsync(response)).GetProperty("error").GetString()!.Contains("packed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Missing_token_is_told_with_the_scheme_that_is_wanted()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/mine", () => Results.StatusCode(401)));

        using var response = await service.Client.GetAsync("/mine");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Bug_tells_nothing_of_itself()
    {
        await using var service = await StartAsync();

        var body = await (await service.Client.GetAsync("/bug")).Content.ReadAsStringAsync();

        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_stand_beside_the_error()
    {
        await using var service = await StartAsync();

        var body = await ReadAsync(await service.Client.GetAsync("/column"));

        Assert.Equal("größe\"", body.GetProperty("column_name").GetString());
    }

    [Fact]
    public async Task Long_name_that_a_caller_sent_is_cut_in_the_error()
    {
        var name = string.Concat(Enumerable.Repeat("𝒳", 400_000));
        await using var service = await TestService.StartAsync(app =>
        {
            app.MapGet("/column", () => ApiError.ColumnNotFound(name));
            app.MapGet("/table", () => ApiError.NotFound($"There is no table {name}"));
        });

        var column = (await ReadAsync(await service.Client.GetAsync("/column"))).GetProperty("column_name").GetString();
        var error = (await ReadAsync(await service.Client.GetAsync("/table"))).GetProperty("error").GetString();

        Assert.Equal($"{name[..500]}…", column);
        Assert.Equal($"There is no table {name[..482]}…", error);
    }

    [Fact]
    public async Task Head_of_an_error_has_no_body()
    {
        await using var service = await StartAsync();

        using var response = await service.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/nowhere"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Error_after_the_first_byte_cuts_the_connection()
    {
        await using var service = await StartAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => service.Client.GetStringAsync("/cut"));
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapPost("/numbers", (Body body) => body.Number);
        app.MapGet("/bug", IResult () => throw new InvalidOperationException("secret"));
        app.MapGet("/late", () => Results.StatusCode(StatusCodes.Status429TooManyRequests));
        app.MapGet("/column", () => ApiError.ColumnNotFound("größe\""));
        app.MapGet("/cut", async context =>
        {
            await context.Response.WriteAsync("{\"rows\":[");
            await context.Response.Body.FlushAsync();
            await ErrorWriter.WriteAsync(context, ApiError.BadRequest("too late"));
        });
    });

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}
