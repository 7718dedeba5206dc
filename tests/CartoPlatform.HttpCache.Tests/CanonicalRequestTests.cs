using System.Text;
using CartoPlatform.HttpCache.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Tests;

public sealed class CanonicalRequestTests
{
    private const string Tile = "/v3/maps/main/query/0/0/0";
    private const string Stats = "/v3/stats/main/t/c";

    private readonly RequestKeys _keys = new(Options.Create(new HttpCacheOptions()));

    [Theory]
    [InlineData(Stats, "a=1&b=2", "b=2&a=1")]
    [InlineData(Stats, "a=1&client=x&deckglVersion=9&tag-a=b&utm_source=z&access_token=t&cache=77", "a=1")]
    [InlineData(Stats, "q=SELECT%201", "q=%20SELECT+1%0A")]
    [InlineData(Stats, "queryParameters={\"a\":1,\"b\":[1,2]}", "queryParameters={ \"b\": [1, 2], \"a\":1}")]
    [InlineData(Tile, "columns=a,b", "columns=b, a,a")]
    public async Task Equal_requests_have_one_key(string path, string one, string other) => Assert.Equal(await KeyAsync(path, one), await KeyAsync(path, other));

    [Theory]
    [InlineData(Stats, "q=SELECT 'a  b'", "q=SELECT 'a b'")]
    [InlineData(Stats, "q=SELECT 'A'", "q=SELECT 'a'")]
    [InlineData(Stats, "queryParameters=[1]", "queryParameters=[\"1\"]")]
    [InlineData(Stats, "queryParameters=[1,2]", "queryParameters=[2,1]")]
    [InlineData(Stats, "queryParameters=[1]", "queryParameters=[1.0]")]
    [InlineData(Stats, "columns=a,b", "columns=b,a")]
    [InlineData(Stats, "v=3.4", "v=3.5")]
    [InlineData(Stats, "a=1&a=2", "a=2&a=1")]
    [InlineData(Stats, "a=1b=2", "a=1&b=2")]
    [InlineData(Stats, "a=", "")]
    [InlineData(Stats, "filters={\"a\":null}", "filters={}")]
    public async Task Different_requests_have_different_keys(string path, string one, string other) => Assert.NotEqual(await KeyAsync(path, one), await KeyAsync(path, other));

    [Theory]
    [InlineData("name=t&queryParameters=[1]", """{"name":"t","queryParameters":[1],"client":"x"}""", "application/json")]
    [InlineData("name=t&queryParameters=[1]", """{"queryParameters":"[1]","name":"t","other":null}""", "text/plain")]
    [InlineData("name=t&tileResolution=0.5", """{"name":"t","tileResolution":0.5}""", "application/json")]
    [InlineData("name=t&filters={\"a\":{\"in\":[1]}}", "name=t&filters=%7B%22a%22%3A%7B%22in%22%3A%5B1%5D%7D%7D", "application/x-www-form-urlencoded")]
    public async Task Post_has_the_key_of_get(string query, string body, string type)
    {
        var request = Request("/v3/maps/main/table", "");
        (request.Method, request.ContentType, request.Body) = ("POST", type, new MemoryStream(Encoding.UTF8.GetBytes(body)));
        request.ContentLength = Encoding.UTF8.GetByteCount(body);
        Assert.Equal(await KeyAsync("/v3/maps/main/table", query), await _keys.FindAsync(request, default));
        Assert.Equal(body, await new StreamReader(request.Body).ReadToEndAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    public async Task Body_that_is_no_object_has_no_key(string body)
    {
        var request = Request("/v3/maps/main/table", "");
        (request.Method, request.Body) = ("POST", new MemoryStream(Encoding.UTF8.GetBytes(body)));
        request.ContentLength = body.Length;
        Assert.Null(await _keys.FindAsync(request, default));
    }

    [Fact]
    public async Task Host_counts_only_where_the_answer_names_it()
    {
        Assert.Equal(await KeyAsync(Tile, "q=a", "one.example"), await KeyAsync(Tile, "q=a", "two.example"));
        Assert.NotEqual(await KeyAsync("/v3/maps/main/query", "q=a", "one.example"), await KeyAsync("/v3/maps/main/query", "q=a", "two.example"));
    }

    /// <summary>Whoever changes what a key is made of moves the version of the encoder as well, so that no process reads under another's keys.</summary>
    [Fact]
    public async Task Key_is_the_sha_256_of_version_login_address_path_and_parameters_each_with_its_length()
    {
        static byte[] Piece(string text) => [.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
        byte[] canonical = [.. Piece("1"), .. Piece(""), .. Piece(""), .. Piece(Stats), .. Piece("a"), .. BitConverter.GetBytes(1), .. Piece("ü"), .. Piece("b"), .. BitConverter.GetBytes(2), .. Piece("2"), .. Piece("")];
        var key = await KeyAsync(Stats, "b=2&b=&client=x&a=%C3%BC");
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(canonical)), key.ToString());
    }

    private async Task<CacheKey?> KeyAsync(string path, string query, string host = "x.example") => await _keys.FindAsync(Request(path, query, host), default);

    private static HttpRequest Request(string path, string query, string host = "x.example")
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        context.Request.Path = path;
        context.Request.QueryString = new QueryString(query.Length == 0 ? "" : "?" + query);
        return context.Request;
    }
}
