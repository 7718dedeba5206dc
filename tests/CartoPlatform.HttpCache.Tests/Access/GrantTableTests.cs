using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>The grants of the contract, section 12.3, on every answer that data can be read from, cold and out of a warm cache.</summary>
public sealed class GrantTableTests(AccessFixture fixture) : IClassFixture<AccessFixture>
{
    [Theory]
    [InlineData("demo.places", "table")]
    [InlineData("DEMO . \"places\"", "table")]
    [InlineData("demo.*", "table")]
    [InlineData(AccessFixture.Query, "query")]
    [InlineData("\n " + AccessFixture.Query + " ;; ", "query")]
    [InlineData(AccessFixture.Named, "named")]
    [InlineData(" " + AccessFixture.Named + " ", "named")]
    [InlineData("*", "table", "query", "named")]
    [InlineData("demo.secrets")]
    [InlineData("public.*")]
    [InlineData("places")]
    [InlineData("SELECT * FROM demo.places")]
    [InlineData("another-name")]
    [InlineData("demo.places-by-v")]
    public async Task Grant_permits_what_it_names_and_no_more(string grant, params string[] kinds)
    {
        using var caller = fixture.With(grant);
        foreach (var (kind, url) in AccessFixture.Requests)
        {
            var answer = await caller.AskAsync(url);
            var again = await caller.AskAsync(url, "no-cache, max-age=0");

            Assert.True(answer.Status == again.Status, $"{url}: {answer.Status} and {again.Status}");
            if (kinds.Contains(kind)) Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{url}: {answer.Body}");
            else AssertRefused(answer, url);
        }
    }

    [Fact]
    public async Task Connection_without_any_grant_is_refused_whole()
    {
        using var caller = fixture.With();
        foreach (var (_, url) in AccessFixture.Requests) AssertRefused(await caller.AskAsync(url), url);
    }

    [Fact]
    public async Task Connection_kept_to_named_sources_takes_no_sql_from_anybody_not_even_from_memory()
    {
        fixture.Restrict(toNamedSources: true);
        try
        {
            foreach (var caller in (HttpClient[])[fixture.With("*"), fixture.Host.Owner()])
            {
                foreach (var (kind, url) in AccessFixture.Requests)
                {
                    var answer = await caller.AskAsync(url);
                    if (kind == "query") AssertRefused(answer, url);
                    else Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{url}: {answer.Body}");
                }
            }
        }
        finally
        {
            fixture.Restrict(toNamedSources: false);
        }
    }

    [Fact]
    public async Task Revoked_token_gets_nothing_out_of_a_warm_cache()
    {
        var token = fixture.Token("*");
        using var caller = fixture.Host.As(token);
        foreach (var (_, url) in AccessFixture.Requests) await caller.AskAsync(url);

        fixture.Workspace.Tokens.TryRemove(token.Id, out _);
        fixture.Host.AskAgain();

        foreach (var (_, url) in AccessFixture.Requests)
        {
            var answer = await caller.AskAsync(url);
            Assert.Equal((HttpStatusCode.Unauthorized, """{"error":"Invalid token"}"""), (answer.Status, answer.Body));
        }
    }

    [Theory]
    [InlineData("maps", "/v3/sql/main/query")]
    [InlineData("sql", "/v3/maps/main/")]
    public async Task Api_that_is_not_allowed_is_refused_and_models_and_statistics_take_either(string api, string refused)
    {
        var token = fixture.Token("*") with { AllowedApis = [api] };
        fixture.Workspace.Tokens[token.Id] = token;
        using var caller = fixture.Host.As(token);
        foreach (var (_, url) in AccessFixture.Requests)
        {
            var answer = await caller.AskAsync(url);
            if (url.StartsWith(refused, StringComparison.Ordinal)) AssertRefused(answer, url);
            else Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{url}: {answer.Body}");
        }
    }

    internal static void AssertRefused(Answer answer, string url)
    {
        Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{url}: {answer.Status} {answer.Body}");
        Assert.Contains("\"error\":\"You don't have permissions to read this resource\"", answer.Body, StringComparison.Ordinal);
        Assert.NotEqual("HIT", answer.Cache);
        Assert.Null(answer.Header("ETag"));
    }
}
