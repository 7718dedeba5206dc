using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>What somebody without a grant learns of answers that others have had: nothing, however he asks.</summary>
public sealed class ProbeTests(AccessFixture fixture) : IClassFixture<AccessFixture>
{
    private const string Kept = "/v3/maps/main/table/0/0/0?name=demo.places&formatTiles=mvt";
    private const string NeverAsked = "/v3/maps/main/table/5/3/3?name=demo.places&formatTiles=mvt";

    [Theory]
    [InlineData("GET", null, null)]
    [InlineData("HEAD", null, null)]
    [InlineData("GET", "Cache-Control", "only-if-cached")]
    [InlineData("HEAD", "Cache-Control", "only-if-cached")]
    [InlineData("GET", "Cache-Control", "only-if-cached, max-stale")]
    [InlineData("GET", "Cache-Control", "max-age=0")]
    [InlineData("GET", "If-None-Match", "ETAG")]
    [InlineData("GET", "If-None-Match", "*")]
    [InlineData("GET", "If-Match", "\"other\"")]
    [InlineData("GET", "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData("GET", "If-Range", "ETAG")]
    [InlineData("GET", "Range", "bytes=0-0")]
    [InlineData("GET", "Range", "bytes=999999999-")]
    [InlineData("GET", "X-Cache-Debug", "1")]
    [InlineData("GET", "X-Carto-Cache", "1")]
    [InlineData("OPTIONS", "Access-Control-Request-Method", "GET")]
    public async Task Question_about_what_is_kept_is_answered_as_one_about_what_is_not(string method, string? header, string? value)
    {
        using var owner = fixture.Host.Owner();
        await owner.AskAsync(Kept);
        var tag = (await owner.AskAsync(Kept)).Header("ETag")!;
        using var stranger = fixture.With("demo.secrets");
        (string, string)[] headers = header is null ? [] : [(header, value!.Replace("ETAG", tag, StringComparison.Ordinal))];

        var kept = await stranger.AskAsync(Kept, method: new HttpMethod(method), headers: headers);
        var never = await stranger.AskAsync(NeverAsked, method: new HttpMethod(method), headers: headers);

        Assert.Equal((never.Status, never.Cache, never.Body.Replace("/5/3/3", "/0/0/0", StringComparison.Ordinal)), (kept.Status, kept.Cache, kept.Body));
        Assert.False(kept.Status is HttpStatusCode.OK or HttpStatusCode.NotModified or HttpStatusCode.PartialContent, $"{kept.Status}");
        Assert.Equal(Names(never), Names(kept));
        Assert.DoesNotContain("HIT", kept.Response.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_that_expires_gets_nothing_out_of_a_warm_cache_from_then_on()
    {
        var token = fixture.Token("demo.places") with { ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(2) };
        fixture.Workspace.Tokens[token.Id] = token;
        using var caller = fixture.Host.As(token);
        var (hits, refused) = (0, false);

        await Testing.Platform.Wait.UntilAsync("the token has expired", async () =>
        {
            var answer = await caller.AskAsync(Kept);
            if (TimeProvider.System.GetUtcNow() < token.ExpiresAt && answer.Cache == "HIT") hits++;
            if (TimeProvider.System.GetUtcNow() > token.ExpiresAt.Value.AddSeconds(0.1)) refused = answer.Status == HttpStatusCode.Unauthorized;
            return refused;
        }, TimeSpan.FromSeconds(20));

        Assert.NotEqual(0, hits);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await caller.AskAsync(Kept)).Status);
    }

    private static string Names(Answer answer) => string.Join(", ", answer.Response.Headers.Concat(answer.Response.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal));
}
