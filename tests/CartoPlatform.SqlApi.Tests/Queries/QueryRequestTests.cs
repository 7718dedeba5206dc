using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Queries;

/// <summary>The spellings of a request, and what is wrong with some.</summary>
public sealed class QueryRequestTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    private static readonly Uri Path = new($"/v3/sql/{SqlFixture.Connection}/query", UriKind.Relative);

    private SqlClient Caller => fixture.Host.Caller;

    [Fact]
    public async Task Get_post_and_form_answer_alike()
    {
        const string Sql = "SELECT $1 AS a, 'é&=+' AS b";
        var expected = (await Caller.GetAsync(Sql, "[1]")).Body;

        Assert.Contains("\"rows\":[{\"a\":1,\"b\":\"é&=+\"}]", expected, StringComparison.Ordinal);
        Assert.Equal(expected, (await Caller.PostAsync(Sql, new JsonArray(1))).Body);
        Assert.Equal(expected, (await PostAsync(new FormUrlEncodedContent([new("q", Sql), new("queryParameters", "[1]")]))).Body);
        Assert.Equal(expected, (await Caller.PostAsync(Sql, JsonValue.Create("[1]"))).Body);
    }

    [Theory]
    [InlineData("application/json", "utf-8")]
    [InlineData("application/json; charset=utf-8", "utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"", "utf-8")]
    [InlineData("application/json; charset=iso-8859-1", "iso-8859-1")]
    [InlineData("application/json; charset=utf-16", "utf-16")]
    [InlineData("application/vnd.carto+json", "utf-8")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", "utf-8")]
    public async Task Body_is_read_in_its_charset(string contentType, string charset)
    {
        var text = contentType.Contains("json", StringComparison.Ordinal) ? """{"q": "SELECT 'é' AS v"}""" : "q=SELECT+'%C3%A9'+AS+v";

        var answer = await PostAsync(Encoding.GetEncoding(charset).GetBytes(text), contentType);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal("""[{"v":"é"}]""", answer.Rows);
    }

    [Fact]
    public async Task Byte_order_mark_is_skipped() => Assert.Equal(
        """[{"v":1}]""", (await PostAsync([0xEF, 0xBB, 0xBF, .. """{"q":"SELECT 1 v"}"""u8], "application/json")).Rows);

    [Theory]
    [InlineData("text/plain", "SELECT 1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", "--x--", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=klingon", "{}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1", "q=SELECT+1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-www-form-urlencoded; charset=\"utf-16\"", "q=SELECT+1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "[]", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "null", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": null}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": 1}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": ["SELECT 1"]}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT '\ud800'"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT '\u0000'"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT 1", "q": "SELECT 2"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT 1", "queryParameters": 1}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT $1", "queryParameters": ["\u0000"]}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT $1", "queryParameters": [1e999]}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT $1", "queryParameters": "[1"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT 1", "format": "pdf"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", """{"q": "SELECT 1", "format": "geoparquet"}""", HttpStatusCode.NotImplemented)]
    [InlineData("application/json", """{"q": "SELECT 1", "format": "parquet"}""", HttpStatusCode.NotImplemented)]
    [InlineData("application/x-www-form-urlencoded", "", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "q=", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded", "q=SELECT+1&q=SELECT+2", HttpStatusCode.BadRequest)]
    public async Task Wrong_body_is_refused_in_one_sentence(string contentType, string body, HttpStatusCode status)
    {
        var answer = await PostAsync(Encoding.UTF8.GetBytes(body), contentType);

        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Error);
        Assert.DoesNotContain("Exception", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_without_content_type_is_415() => Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync("{}"u8.ToArray(), null)).Status);

    [Fact]
    public async Task Post_without_a_body_takes_what_stands_in_the_url() => Assert.Equal(
        """[{"v":1}]""", (await SqlAnswer.ReadAsync(await Caller.Http.PostAsync(SqlClient.Url("SELECT 1 v"), null))).Rows);

    [Fact]
    public async Task Deeply_nested_body_is_400() => Assert.Equal(
        HttpStatusCode.BadRequest,
        (await PostAsync(Encoding.UTF8.GetBytes($$"""{"q":"SELECT 1","queryParameters":{{new string('[', 100_000)}}"""), "application/json")).Status);

    [Fact]
    public async Task Sql_over_its_length_is_400()
    {
        var answer = await Caller.PostAsync($"SELECT 1 -- {new string('x', 1_000_000)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("The SQL text is longer than 1000000 characters", answer.Error);
    }

    [Theory]
    [InlineData("?q=")]
    [InlineData("?q=%20%0A")]
    [InlineData("?q=--%20nothing")]
    [InlineData("?q=;")]
    [InlineData("?q=SELECT%201&q=SELECT%202")]
    [InlineData("?q=SELECT%201;SELECT%202")]
    [InlineData("?q=SELECT%20%00")]
    [InlineData("")]
    [InlineData("?q=SELECT%20$1")]
    [InlineData("?q=SELECT%20$2&queryParameters=[1]")]
    [InlineData("?q=SELECT%20@a&queryParameters={\"b\":1}")]
    [InlineData("?q=SELECT%201&queryParameters={")]
    public async Task Wrong_url_is_400(string query)
    {
        var answer = await SqlAnswer.ReadAsync(await Caller.Http.GetAsync(new Uri($"{Path}{query}", UriKind.Relative)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.Error);
    }

    [Fact]
    public async Task Parameters_nobody_knows_are_ignored() => Assert.Equal(
        HttpStatusCode.OK, (await Caller.Http.GetAsync(SqlClient.Url("SELECT 1", more: "&client=x&v=3.4&tag-a=b&deckglVersion=9"))).StatusCode);

    [Fact]
    public async Task Answers_are_private_and_those_of_post_are_not_stored()
    {
        Assert.Equal("no-cache, private", (await Caller.GetAsync("SELECT 1")).Message.Headers.CacheControl?.ToString());
        Assert.Equal("no-store", (await Caller.PostAsync("SELECT 1")).Message.Headers.CacheControl?.ToString());
        Assert.True((await Caller.GetAsync("SELECT nothing")).Message.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Head_answers_as_get_does_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, SqlClient.Url("SELECT 1"));
        using var answer = await Caller.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("SELECT nothing", null, 8, 1, 8)]
    [InlineData("\n -- asked by QGIS\nSELECT '🗾', @a,\n  nothing -- end", """{"a": "b"}""", 38, 4, 3)]
    [InlineData("SELEC 1", null, 1, 1, 1)]
    [InlineData("INSERT INTO nowhere VALUES (1)", null, 13, 1, 13)]
    public async Task Error_says_where_it_is_in_the_text(string sql, string? values, int position, int line, int column)
    {
        foreach (var answer in new[] { await Caller.GetAsync(sql, values), await Caller.PostAsync(sql, values is null ? null : JsonNode.Parse(values)) })
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal(
                (position, line, column),
                (answer.Json.GetProperty("position").GetInt32(), answer.Json.GetProperty("line").GetInt32(), answer.Json.GetProperty("column").GetInt32()));
        }
    }

    [Fact]
    public async Task Error_in_a_models_source_says_where_it_is_in_it()
    {
        var answer = await SqlAnswer.ReadAsync(await Caller.Http.GetAsync(new Uri(
            $"/v3/sql/{SqlFixture.Connection}/model/formula?type=query&source={Uri.EscapeDataString("SELECT 1,\n nothing")}&params={{\"operation\":\"count\"}}", UriKind.Relative)));

        Assert.Equal((12, 2, 2), (answer.Json.GetProperty("position").GetInt32(), answer.Json.GetProperty("line").GetInt32(), answer.Json.GetProperty("column").GetInt32()));
    }

    [Theory]
    [InlineData("SELECT 1 / 0")]
    [InlineData("SELECT to_tsquery('a b')")]
    public async Task Error_that_is_nowhere_in_the_text_says_no_place(string sql)
    {
        var answer = await Caller.GetAsync(sql);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.False(answer.Json.TryGetProperty("position", out _), answer.Body);
    }

    private Task<SqlAnswer> PostAsync(byte[] body, string? contentType)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return PostAsync(content);
    }

    private async Task<SqlAnswer> PostAsync(HttpContent content) => await SqlAnswer.ReadAsync(await Caller.Http.PostAsync(Path, content));

    [Theory]
    [InlineData("SELECT 'open")]
    [InlineData("SELECT \"open")]
    [InlineData("SELECT $x$open")]
    [InlineData("SELECT 1 /* open")]
    [InlineData("SELECT 1 AS \"open\" /* /* open */")]
    [InlineData("SELECT E'open\\'")]
    public async Task Error_in_a_text_without_an_end_tells_the_callers_text_alone(string sql)
    {
        var answer = await fixture.Host.Caller.GetAsync(sql);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.DoesNotContain("--", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("000", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("AS q", answer.Error, StringComparison.Ordinal);
    }
}
