using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.OAuth;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi.Tests.NamedSources;

public sealed class NamedSourceEndpointsTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Fact]
    public async Task Source_is_made_read_changed_and_deleted()
    {
        const string Sql = "SELECT * FROM demo.stores WHERE storetype = $1";
        var (made, source) = await AskAsync(HttpMethod.Post, "", new { name = "stores-by-type", source = Sql });
        var (found, told) = await AskAsync(HttpMethod.Get, "/stores-by-type");
        var before = await running.Service.Get<IWorkspaceDirectory>().FindNamedSourceAsync("stores-by-type", CancellationToken.None);
        var (changed, _) = await AskAsync(HttpMethod.Patch, "/stores-by-type", new { source = "SELECT 1" });
        var after = await running.Service.Get<IWorkspaceDirectory>().FindNamedSourceAsync("stores-by-type", CancellationToken.None);
        var (deleted, _) = await AskAsync(HttpMethod.Delete, "/stores-by-type");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent], [made, found, changed, deleted]);
        Assert.Equal(("stores-by-type", Sql), (source.GetProperty("name").GetString(), told.GetProperty("source").GetString()));
        Assert.Equal((Sql, "SELECT 1", true), (before?.Sql, after?.Sql, after?.Revision > before?.Revision));
        Assert.Null(await running.Service.Get<IWorkspaceDirectory>().FindNamedSourceAsync("stores-by-type", CancellationToken.None));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Get, "/stores-by-type")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Delete, "/stores-by-type")).Status);
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("a-b_c9", true)]
    [InlineData("012345678901234567890123456789012345678901234567890", true)]
    [InlineData("0123456789012345678901234567890123456789012345678901", false)]
    [InlineData("ab", false)]
    [InlineData("", false)]
    [InlineData("Abc", false)]
    [InlineData("a b", false)]
    [InlineData("a.b", false)]
    [InlineData("-abc", false)]
    [InlineData("abc-", false)]
    [InlineData("abc_", false)]
    [InlineData("ábc", false)]
    [InlineData("select", false)]
    [InlineData("with", false)]
    [InlineData("values", false)]
    [InlineData("table", false)]
    [InlineData("selected", true)]
    [InlineData("abc'; DROP TABLE platform.named_sources; --", false)]
    public async Task Name_has_the_form_of_the_contract(string name, bool isName)
    {
        var (status, _) = await AskAsync(HttpMethod.Post, "", new { name, source = "SELECT 1" });

        Assert.Equal(isName ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
    }

    [Theory]
    [InlineData("""{"name":"no-source"}""")]
    [InlineData("""{"name":"no-source","source":""}""")]
    [InlineData("""{"name":"no-source","source":"   "}""")]
    [InlineData("""{"name":"no-source","source":["SELECT 1"]}""")]
    [InlineData("""{"name":"no-source","source":"SELECT 1; SELECT 2"}""")]
    [InlineData("""{"name":"no-source","source":"another-name"}""")]
    [InlineData("""{"source":"SELECT 1"}""")]
    [InlineData("null")]
    public async Task What_is_no_source_is_400(string body)
    {
        var (status, error) = await AskAsync(HttpMethod.Post, "", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.False(string.IsNullOrEmpty(error.GetProperty("error").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(HttpMethod.Get, "/no-source")).Status);
    }

    [Fact]
    public async Task Name_that_is_taken_is_409_and_of_many_makers_one_succeeds()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            (await AskAsync(HttpMethod.Post, "", new { name = "contested", source = $"SELECT {i}" })).Status));

        Assert.Single(statuses, HttpStatusCode.OK);
        Assert.Equal(7, statuses.Count(status => status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task List_has_pages_and_is_searched()
    {
        foreach (var name in (string[])["listed-a", "listed-b", "listed-c"])
            await AskAsync(HttpMethod.Post, "", new { name, source = "SELECT 'needle-in-sql'" });

        var (_, first) = await AskAsync(HttpMethod.Get, "?search=listed-&pageSize=2");
        var (_, second) = await AskAsync(HttpMethod.Get, "?search=LISTED-&pageSize=2&page=2");
        var (_, bySql) = await AskAsync(HttpMethod.Get, "?search=needle-in-sql");
        var (_, nothing) = await AskAsync(HttpMethod.Get, "?search=%25");

        Assert.Equal(["listed-a", "listed-b"], Names(first));
        Assert.Equal(["listed-c"], Names(second));
        Assert.Equal(3, bySql.GetArrayLength());
        Assert.Empty(Names(nothing));
    }

    [Theory]
    [InlineData(""","grants":[{"connection_name":"carto_dw","source":"demo.cities"},{"connection_name":"carto_dw","source":"narrow-a"}]""", "narrow-a")]
    [InlineData(""","grants":[{"connection_name":"carto_dw","source":"narrow.*"},{"connection_name":"carto_dw","source":"SELECT 'narrow-b'"}]""", "")]
    [InlineData(""","grants":[{"connection_name":"carto_dw"}]""", "narrow-a narrow-b")]
    [InlineData(""","allowed_apis":["lds"]""", "")]
    [InlineData("", "narrow-a narrow-b")]
    public async Task Sql_is_shown_to_those_whose_grants_cover_it(string narrowing, string expected)
    {
        foreach (var name in (string[])["narrow-a", "narrow-b"]) await AskAsync(HttpMethod.Post, "", new { name, source = "SELECT 'narrow-b'" });
        var token = await running.Service.IssueAsync(await running.CreateMachineAsync($$""","role":"Editor","scopes":["read:named_sources"]{{narrowing}}"""));

        var (_, list) = await running.Service.SendAsync(HttpMethod.Get, "/v3/named-sources?search=narrow", token);

        Assert.Equal(expected, string.Join(" ", Names(list)));
        foreach (var name in (string[])["narrow-a", "narrow-b"])
        {
            var (status, _) = await running.Service.SendAsync(HttpMethod.Get, $"/v3/named-sources/{name}", token);
            Assert.Equal(expected.Contains(name, StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.NotFound, status);
        }
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("GET", "")]
    [InlineData("GET", "/some-name")]
    [InlineData("PATCH", "/some-name")]
    [InlineData("DELETE", "/some-name")]
    public async Task Api_access_token_administers_none(string method, string path)
    {
        var (_, made) = await running.Service.SendAsync(
            HttpMethod.Post, "/v3/tokens", running.Platform.ReadOwnerToken(), """{"grants":[{"connection_name":"*"}]}""");

        var (status, _) = await running.Service.SendAsync(
            new HttpMethod(method), $"/v3/named-sources{path}", made.GetProperty("token").GetString(), """{"name":"some-name","source":"SELECT 1"}""");

        Assert.Equal(HttpStatusCode.Forbidden, status);
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, object? body = null) =>
        running.Service.SendAsync(method, $"/v3/named-sources{path}", running.Platform.ReadOwnerToken(), body);

    private static IEnumerable<string?> Names(JsonElement list) => list.EnumerateArray().Select(source => source.GetProperty("name").GetString());
}
